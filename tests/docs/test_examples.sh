# The manual's examples run, in their order, and say something.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/cli/lib.sh"

PATH=$QS_BUILDDIR:$PATH
export PATH
sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE ALSO/p' "$QS_SRCDIR/man/quantscope.1" |
    sed -n 's/^\(\.Dl \)*\$ //p' | sed 's/\\(dq/"/g; s/\\e/\\/g' >examples
ok "there are examples" test "$(wc -l <examples)" -ge 5
while IFS= read -r example <&3; do
    run sh -c "$example"
    is "$example: status" "$status" 0
    ok "$example: says something" test -n "$stdout$stderr"
done 3<examples

# The screen that the README shows is one of this program's.
demo_folder demo
run env LC_ALL=C.UTF-8 quantscope snapshot demo --size 100x30 --keys "S-Tab l"
is "the README's screen" "$(sed -n '/^     1 Overview/,/^    ? Help/s/^    //p' "$QS_SRCDIR/README.md")" "$stdout"
finish
