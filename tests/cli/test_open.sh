# open without a terminal: a scan with progress on standard error, then the curves as text.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/cli/lib.sh"

demo_folder model
run "$quantscope" model
is "no command: status" "$status" 0
is "no command: lines" "$(wc -l <"$QS_TMP/stdout" | tr -d ' ')" 24
like "no command: the curves" "$stdout" 'kurtosis'
ok "no command: the model was scanned" test -s model/quantscope.h5
plot=$stdout
run "$quantscope" show model --plot
is "what show --plot draws" "$stdout" "$plot"
run "$quantscope" open model -q
is "open: status" "$status" 0
is "open: the same" "$stdout" "$plot"
is "open: stderr" "$stderr" ""
run "$quantscope" model/quantscope.h5
is "a cache: status" "$status" 0
is "a cache: the same" "$stdout" "$plot"
run env TERM=dumb "$quantscope" model
is "TERM=dumb" "$stdout" "$plot"
run env LC_ALL=C "$quantscope" model
is "C locale: ASCII" "$(printf '%s' "$stdout" | LC_ALL=C tr -d '\n\040-\176')" ""
run sh -c 'cd model && "$0"' "$quantscope"
is "the model in this folder" "$status $(printf '%s\n' "$stdout" | wc -l | tr -d ' ')" "0 24"
mkdir -p elsewhere
run sh -c 'cd elsewhere && "$0"' "$quantscope"
is "nowhere: the bundled model" "$status $(printf '%s\n' "$stdout" | wc -l | tr -d ' ')" "0 24"
is "nowhere: nothing written there" "$(ls elsewhere)" ""
run "$quantscope" open missing
is "missing: status" "$status" 3
run "$quantscope" model/quantscope.h5 missing.h5
is "a missing second cache: status" "$status" 3
run "$quantscope" --metric nothing model
is "unknown metric: status" "$status" 2
run "$quantscope" model --metric std
like "another metric" "$stdout" 'std'
finish
