# The manual against the program: commands, synopses, options, metrics, views and keys are the same in both.
. "$QS_SRCDIR/tests/lib.sh"
manual=$QS_SRCDIR/man/quantscope.1

# COMMAND: the lines of its section under COMMANDS; "" are those before the first.
section() {
    awk -v want="$1" '
        $0 == ".Sh COMMANDS" { inside = 1; next }
        /^\.Sh / { inside = 0 }
        inside && /^\.Ss / { name = $2; next }
        inside && name == want' "$manual"
}

# ".It Fl o , -output Ar CACHE" as "-o, --output CACHE", as --help has it.
options_of() {
    sed -n 's/^\.It Fl //p' | sed 's/ Ns .*//; s/ Ar / /; s/^\([a-zA-Z]\) , /-\1, -/; s/^-[^,]*$/-&/' | sort
}

commands=$("$quantscope" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
is "the manual has every command, in order" "$(sed -n '/^\.Sh COMMANDS/,/^\.Sh METRICS/s/^\.Ss //p' "$manual")" "$commands"
common=$(section "" | options_of)
for command in $commands; do
    help=$("$quantscope" "$command" --help)
    is "$command: options" "$({ section "$command" | options_of; echo "$common"; } | grep . | sort)" \
        "$(printf '%s\n' "$help" | sed '1,/^Options:/d' | sed -n 's/^ *\(-[a-zA-Z], --\|--\)/\1/p' | sed 's/   *.*//' | sort)"
    is "$command: synopsis" "$(section "$command" | sed -n '1,/^\.Pp/p' | sed '/^\.Nm/d; /^\.Pp/d
        s/^\.Cm //; s/^\.Op Ar \(.*\) \.\.\.$/[\1].../; s/^\.Op Ar \(.*\)$/[\1]/; s/^\.Ar \(.*\) \.\.\.$/\1.../; s/^\.Ar //; s/ Cm / /g; s/ | /|/g' | tr '\n' ' ')" \
        "$(printf '%s\n' "$help" | sed -n '1s/^Usage: quantscope //p') "
    like "$command: in the SYNOPSIS" "$(sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p' "$manual")" "^\.Cm $command$"
done

metrics=$("$quantscope" show --metric none 2>&1 | sed -n 's/.*is none of \([^;]*\).*/\1/p' | tr -d ' ' | tr ',' '\n')
is "metrics" "$(sed -n '/^\.Sh METRICS/,/^\.Sh OUTPUT/s/^\.It Li //p' "$manual" | sed 's/ , /\n/g')" "$metrics"
views=$("$quantscope" snapshot --view none 2>&1 | sed -n 's/.*is none of \([^;]*\).*/\1/p' | tr -d ' ' | tr ',' '\n')
is "views" "$(section snapshot | sed -n '/^\.It Fl -view/,/^\.It Fl -keys/s/^\(or \)*\.*\(Li\|Pq the default , Li\) *\([a-z]*\).*/\3/p')" "$views"

# "KEYS  COMMAND  VIEWS" of every action, in order; "-" for no key.
keys() {
    awk '/^\.Sh KEYS/ { inside = 1; next } /^\.Sh / { inside = 0 } inside' "$manual" | awk '
        function tell() { if (name != "") print keys "  " name "  " views }
        /^\.It Ic / { tell(); sub(/^\.It Ic /, ""); sub(/ Ar /, " "); name = $0; keys = "-"; views = "all" }
        /^\.(Li|Pq) / { sub(/ \.$/, "") }
        /^\.Li / { sub(/^\.Li /, ""); gsub(/"|\\&/, ""); gsub(/\\e/, "\\"); gsub(/\\\(ha/, "^"); keys = $0 }
        /^\.Pq / { sub(/^\.Pq /, ""); gsub(/ , /, ","); views = $0 }
        END { tell() }'
}
is "keys" "$(keys)" "$("$quantscope" help keys | sed 1d | awk -F '  +' '{ print $1 "  " $2 "  " $3 }')"

if command -v mandoc >/dev/null; then
    for page in "$QS_SRCDIR"/man/*.[15]; do
        is "mandoc finds nothing odd in ${page##*/}" "$(mandoc -T lint -W warning "$page" 2>&1)" ""
    done
else
    skip "mandoc -T lint" "there is no mandoc"
fi
# mdoc calls words such as Li in some arguments: what man(1) uses has to come through without a complaint.
if command -v groff >/dev/null; then
    for page in "$QS_SRCDIR"/man/*.[15]; do
        is "groff finds nothing odd in ${page##*/}" "$(groff -mdoc -Tutf8 -z "$page" 2>&1)" ""
    done
else
    skip "groff" "there is no groff"
fi
finish
