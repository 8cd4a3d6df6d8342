# TAP from shell scripts. A script sources this, calls the functions below, and ends with `finish`.
#   ok NAME COMMAND...       passes where the command succeeds
#   is NAME GOT WANTED       passes where both strings are equal
#   like NAME TEXT PATTERN   passes where a line of TEXT matches the extended regular expression
#   skip NAME REASON
# $quantscope is the program under test. run COMMAND... keeps its $status, $stdout and $stderr.
set -u
tap_count=0
tap_failed=0
quantscope=$QS_BUILDDIR/quantscope
demo=$QS_SRCDIR/data/demo

tap() {
    tap_count=$((tap_count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $tap_count - $2"
    else
        tap_failed=1
        echo "not ok $tap_count - $2"
    fi
}

ok() {
    tap_name=$1
    shift
    "$@"
    tap $? "$tap_name"
}

is() {
    if [ "$2" = "$3" ]; then
        tap 0 "$1"
    else
        tap 1 "$1"
        printf '%s\n' "$2" | sed 's/^/# got:    /'
        printf '%s\n' "$3" | sed 's/^/# wanted: /'
    fi
}

like() {
    if printf '%s\n' "$2" | grep -Eq -- "$3"; then
        tap 0 "$1"
    else
        tap 1 "$1"
        printf '%s\n' "$2" | sed 's/^/# got: /'
        echo "# no line matches: $3"
    fi
}

skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

run() {
    "$@" >"$QS_TMP/stdout" 2>"$QS_TMP/stderr" </dev/null
    status=$?
    stdout=$(cat "$QS_TMP/stdout")
    stderr=$(cat "$QS_TMP/stderr")
}

finish() {
    echo "1..$tap_count"
    exit $tap_failed
}
