# detect: layers and z-scores against the definition computed here in awk, parameters, formats.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/cli/lib.sh"

"$quantscope" scan -q demo -o demo.h5 || exit 1
"$quantscope" show demo.h5 --format csv >curves.csv || exit 1

# Z TRIM: the definition, straightforward: differences, trimmed mean and deviation (n-1), those above Z by falling z.
expected() {
    awk -F, -v z="$1" -v trim="$2" '
        NR > 1 { if (!($2 in seen)) { seen[$2] = 1; kinds[++k] = $2 } s[$2, $1] = $8; L = $1 + 1 }
        END {
            for (i = 1; i <= k; i++) {
                n = L - 1
                for (j = 0; j < n; j++) { d[j] = s[kinds[i], j + 1] - s[kinds[i], j]; o[j] = d[j] }
                for (a = 1; a < n; a++) { v = o[a]; for (b = a - 1; b >= 0 && o[b] > v; b--) o[b + 1] = o[b]; o[b + 1] = v }
                cut = int(trim * n); m = n - 2 * cut; sum = 0; q = 0
                for (j = cut; j < n - cut; j++) sum += o[j]
                for (j = cut; j < n - cut; j++) q += (o[j] - sum / m) ^ 2
                sd = sqrt(q / (m - 1)); delete taken; rank = 0
                for (;;) {
                    best = -1
                    for (j = 0; j < n; j++) {
                        zj = (d[j] - sum / m) / sd; if (zj < 0) zj = -zj
                        if (zj > z && !(j in taken) && (best < 0 || zj > bz)) { best = j; bz = zj }
                    }
                    if (best < 0) break
                    taken[best] = 1
                    printf "%s,%d,%.6f,%d\n", kinds[i], best + 1, bz, ++rank
                }
            }
        }' curves.csv
}
# z to six decimals: awk sums in another order, which changes the last of 17 digits.
rounded() {
    awk -F, 'NR > 1 { printf "%s,%d,%.6f,%d\n", $1, $2, $3, $4 }' "$1"
}

run "$quantscope" detect demo.h5 --metric kurtosis --format csv
is "csv: status" "$status" 0
is "csv: stderr" "$stderr" ""
printf '%s\n' "$stdout" >detect.csv
is "csv: header" "$(head -n 1 detect.csv)" "module,layer,z,rank"
is "csv: layers and scores are those of the definition" "$(rounded detect.csv)" "$(expected 3 0.05)"
ok "csv: some layer is sensitive" test "$(wc -l <detect.csv)" -gt 1
run "$quantscope" detect demo.h5 --format csv
is "kurtosis is the default" "$stdout" "$(cat detect.csv)"
run "$quantscope" detect demo --format csv
is "the bundled model" "$stdout" "$(cat detect.csv)"
for parameters in "2 0.05" "1.5 0.1" "3 0" "2.5 0.25"; do
    set -- $parameters
    "$quantscope" detect demo.h5 --z "$1" --trim "$2" --format csv >other.csv
    is "z $1, trim $2" "$(rounded other.csv)" "$(expected "$1" "$2")"
done
"$quantscope" detect demo.h5 --z 1 --top-m 2 --format csv >top.csv
is "top-m" "$(rounded top.csv)" "$(expected 1 0.05 | awk -F, '$4 <= 2')"
"$quantscope" detect demo.h5 --z 2 --attribution peak --format csv >peak.csv
is "peak: no more layers than next" "$(awk -F, 'END { print NR }' peak.csv | awk -v n="$(expected 2 0.05 | wc -l)" '{ print $1 <= n + 1 }')" 1
is "peak: a layer stands higher than a neighbour" "$(awk -F, '
    FNR == NR { if (FNR > 1) s[$2, $1] = $8; next }
    FNR > 1 && !(s[$1, $2] >= s[$1, $2 - 1] || s[$1, $2] >= s[$1, $2 + 1])' curves.csv peak.csv)" ""
"$quantscope" detect demo.h5 --difference ratio --format csv >ratio.csv
is "ratio: header" "$(head -n 1 ratio.csv)" "module,layer,z,rank"
ok "ratio: other scores" sh -c '! cmp -s detect.csv ratio.csv'

run "$quantscope" detect demo.h5 --format json
is "json: objects" "$(printf '%s\n' "$stdout" | sed '1d;$d' | grep -Evc \
    '^  \{"module": "[a-z_.]+", "layer": [0-9]+, "z": [0-9.]+, "rank": [0-9]+\},?$')" 0
is "json: the same scores" "$(printf '%s\n' "$stdout" | sed -n 's/.*"z": \([^,]*\),.*/\1/p')" "$(column detect.csv z)"
run "$quantscope" detect demo.h5
like "text: heads" "$stdout" '^module +layer +z +rank$'
is "text: lines" "$(printf '%s\n' "$stdout" | wc -l | tr -d ' ')" "$(wc -l <detect.csv | tr -d ' ')"
run "$quantscope" detect demo.h5 --z 1000
is "nothing found: status" "$status" 0
like "nothing found: text" "$stdout" '^No sensitive layer'
run "$quantscope" detect demo.h5 --z 1000 --format csv
is "nothing found: csv" "$stdout" "module,layer,z,rank"
run "$quantscope" detect demo.h5 --z 1000 --format json
is "nothing found: json" "$stdout" "[]"

run "$quantscope" detect demo.h5 --metric kurtosys
is "unknown metric: status" "$status" 2
like "unknown metric: message" "$stderr" 'detect: --metric kurtosys: is none of .*; did you mean kurtosis\?'
run "$quantscope" detect demo.h5 --z 0
is "z of 0: status" "$status" 2
run "$quantscope" detect demo.h5 --trim 0.5
is "trim of a half: status" "$status" 2
is "trim of a half: stdout" "$stdout" ""
run "$quantscope" detect demo.h5 --attribution last
like "unknown rule" "$stderr" 'detect: --attribution last: is none of next, peak'
tiny_model tiny 3
run "$quantscope" detect tiny
is "not measured: status" "$status" 1
like "not measured: message" "$stderr" 'tiny: nothing is measured yet; this does it: quantscope scan tiny'
"$quantscope" scan -q tiny || exit 1
run "$quantscope" detect tiny --format csv
is "too few layers: none" "$status $stdout" "0 module,layer,z,rank"
finish
