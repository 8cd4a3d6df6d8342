# snapshot: every view, in exactly the lines asked for; keys; what is missing.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/cli/lib.sh"

demo_folder model
run "$quantscope" snapshot model --view curves --size 100x30
is "an unscanned model: status" "$status" 0
is "an unscanned model: lines" "$(wc -l <"$QS_TMP/stdout" | tr -d ' ')" 30
ok "an unscanned model: was scanned" test -s model/quantscope.h5
like "an unscanned model: its curves" "$stdout" 'kurtosis'
curves=$stdout
run "$quantscope" snapshot model --size 100x30
is "curves are the default" "$stdout" "$curves"
run "$quantscope" snapshot model/quantscope.h5 --size 100x30
is "a cache alone: status" "$status" 0
for view in overview layers curves detect grid plan compare jobs log help; do
    for size in 80x24 120x40 200x60 20x5 1x1; do
        run "$quantscope" snapshot model --view $view --size $size
        is "$view at $size: status and lines" "$status $(wc -l <"$QS_TMP/stdout" | tr -d ' ')" "0 ${size#*x}"
    done
    run env LC_ALL=C "$quantscope" snapshot model --view $view --size 80x24
    is "$view: ASCII in the C locale" "$(printf '%s' "$stdout" | LC_ALL=C tr -d '\n\040-\176')" ""
done
run "$quantscope" snapshot model --view LAYERS --size 80x24
is "views in any case" "$status" 0
run "$quantscope" snapshot --view layers --size 80x24
like "the bundled model" "$stdout" 'down_proj'
run "$quantscope" snapshot model --view curves --keys "? " --size 80x24
run "$quantscope" snapshot model --view curves --keys "2" --size 80x24
keys=$stdout
run "$quantscope" snapshot model --view layers --size 80x24
is "keys change the view" "$(printf '%s\n' "$keys" | sed -n 2,20p)" "$(printf '%s\n' "$stdout" | sed -n 2,20p)"
run "$quantscope" snapshot model --view curvs
is "unknown view: status" "$status" 2
is "unknown view: stdout" "$stdout" ""
like "unknown view: message" "$stderr" 'snapshot: --view curvs: is none of overview, .*; did you mean curves\?'
for keys in Entr foo 'l Tabb'; do
    run "$quantscope" snapshot model --keys "$keys"
    is "a key that is none, $keys: status" "$status" 2
    is "a key that is none, $keys: stdout" "$stdout" ""
    like "a key that is none, $keys: message" "$stderr" "snapshot: --keys: \"${keys##*l }\" is no key;.*quantscope help keys"
done
run "$quantscope" snapshot model --keys "gg ^L S-Tab F2 PgDn" --size 80x24
is "keys with names" "$status" 0
run "$quantscope" snapshot missing --view help
is "missing model: status" "$status" 3
finish
