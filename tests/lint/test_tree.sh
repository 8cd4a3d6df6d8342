# What a reader of the tree should never meet.
. "$QS_SRCDIR/tests/lib.sh"
cd "$QS_SRCDIR" || exit 1

sources=$(find src tests -name '*.[ch]')
is "no line is longer than 120 characters" "$(grep -nE '^.{121}' $sources | cut -d: -f1,2 | head)" ""
is "no tabs or trailing blanks in C" "$(grep -nE "	|[ ]+$" $sources | head)" ""
is "nothing is left to do by its own words" "$(grep -nwE 'TODO|FIXME|XXX|HACK' -r src tests/unit man README.md 2>/dev/null | head)" ""
is "no file has outgrown its noun (500 lines)" "$(wc -l $(find src -name '*.[ch]') | awk '$2 != "total" && $1 > 500 { print $2, $1 }')" ""
missing=$(for header in $(find src -name '*.h'); do
    guard=$(sed -n 's/^#ifndef \(QS_[A-Z0-9_]*_H\)$/\1/p' "$header" | head -n 1)
    wanted=QS_$(echo "${header#src/}" | tr 'a-z/.-' 'A-Z___')
    [ "$guard" = "$wanted" ] || echo "$header: $guard, not $wanted"
done)
is "header guards follow the path" "$missing" ""
undescribed=$(for file in $(find src -name '*.[ch]'); do
    head -n 1 "$file" | grep -q '^// [A-Z]' || echo "$file"
done)
is "every source file begins with its purpose" "$undescribed" ""
headers=$(for header in $(find src -name '*.h'); do
    grep -rqF "\"${header#src/}\"" --include='*.[ch]' src tests || echo "$header"
done)
is "every header is used" "$headers" ""
finish
