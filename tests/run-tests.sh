#!/bin/sh
# Runs test programs and scripts that print TAP, some side by side, and ends in "N passed, N failed".
#   run-tests.sh SRCDIR BUILDDIR PROGRAM... -- SCRIPT...
# Programs lie in BUILDDIR, scripts in SRCDIR. TESTS="name ..." runs only those whose path contains one of the words.
# A test finds in its environment
#   QS_SRCDIR, QS_BUILDDIR   as above
#   QS_SHARED                a folder of reference data that is not part of the project, or empty: tests skip then
#   QS_TMP                   an empty folder of its own
#   QS_DATA                  the data folder, for programs that run from the build folder
# A log per test stays in BUILDDIR/tests/out.
set -u
srcdir=$1 builddir=$2
shift 2
out=$builddir/tests/out
rm -rf "$out"
mkdir -p "$out" || exit 1

if [ -z "${QS_SHARED+x}" ]; then
    QS_SHARED=
    if [ -d "$srcdir/../shared/golden" ]; then
        QS_SHARED=$(cd "$srcdir/../shared" && pwd)
    fi
fi
[ -n "$QS_SHARED" ] || echo "No reference data beside the project: tests that compare with it are skipped."
export QS_SHARED
export QS_SRCDIR="$srcdir" QS_BUILDDIR="$builddir" QUANTSCOPE_DATA="$srcdir/data"
export CMOCKA_MESSAGE_OUTPUT=TAP LC_ALL=C.UTF-8 TERM=xterm-256color
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:allocator_may_return_null=1}" UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
unset NO_COLOR COLUMNS LINES QUANTSCOPE_THREADS MAKEFLAGS MAKELEVEL MFLAGS

# One test: its output in a log, its counts in a .sum file.
run_one() {
    name=$(printf %s "$1" | tr / -)
    export QS_TMP="$out/$name.d"
    mkdir -p "$QS_TMP"
    export HOME="$QS_TMP" XDG_CACHE_HOME="$QS_TMP/xdg-cache" XDG_CONFIG_HOME="$QS_TMP/xdg-config" TMPDIR="$QS_TMP"
    case $1 in
    *.sh) set -- "$1" sh "$srcdir/$1" ;;
    *) set -- "$1" "$builddir/$1" ;;
    esac
    test=$1
    shift
    (cd "$QS_TMP" && timeout -k 10 "${QS_TEST_TIMEOUT:-900}" "$@") >"$out/$name.log" 2>&1 </dev/null
    status=$?
    awk -v status=$status -v test="$test" '
        /^(not )?ok / { if (/# *SKIP/) { skip++; sub(/^(not )?ok [0-9]* *-? */, ""); skips = skips "\n  skipped: " $0 }
                        else if (/^ok /) pass++;
                        else { fail++; sub(/^not ok [0-9]* *-? */, ""); fails = fails "\n  FAILED: " $0 } }
        END {
            if (status != 0 && !fail) { fail++; fails = fails "\n  FAILED: ended with status " status }
            if (!pass && !fail && !skip) { fail++; fails = fails "\n  FAILED: ran no test" }
            printf "%d %d %d\n%s: %d passed, %d failed, %d skipped%s%s\n", pass, fail, skip, test, pass, fail, skip, fails, skips
        }' "$out/$name.log" >"$out/$name.sum"
    tail -n +2 "$out/$name.sum"
    if ! head -n 1 "$out/$name.sum" | grep -q '^[0-9]* 0 '; then
        echo "  --- end of $out/$name.log"
        tail -n 40 "$out/$name.log" | sed 's/^/  | /'
    fi
    chmod -R u+w "$QS_TMP" 2>/dev/null
    rm -rf "$QS_TMP"
}

wanted() {
    [ -n "${TESTS:-}" ] || return 0
    for word in $TESTS; do
        case $1 in *"$word"*) return 0 ;; esac
    done
    return 1
}

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
running=0
for test in "$@"; do
    [ "$test" != -- ] || continue
    wanted "$test" || continue
    run_one "$test" &
    running=$((running + 1))
    if [ "$running" -ge "$jobs" ]; then
        wait
        running=0
    fi
done
wait

cat "$out"/*.sum 2>/dev/null | awk '
    /^[0-9]+ [0-9]+ [0-9]+$/ { pass += $1; fail += $2; skip += $3 }
    END {
        if (!pass && !fail) { print "no test ran"; fail = 1 }
        printf "%d passed, %d failed", pass, fail
        if (skip) printf ", %d skipped", skip
        print ""
        exit fail > 0
    }'
