# show: the matrix, csv, json, the drawing; what is missing.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/cli/lib.sh"

"$quantscope" scan -q demo -o demo.h5 || exit 1

run "$quantscope" show demo.h5
is "text: status" "$status" 0
is "text: stderr" "$stderr" ""
is "text: a title, heads, 24 layers, a note" "$(printf '%s\n' "$stdout" | wc -l | tr -d ' ')" 27
like "text: heads" "$stdout" '^layer +q_proj +k_proj +v_proj +o_proj +gate_proj +up_proj +down_proj$'
like "text: a layer" "$stdout" '^ +23( +[0-9.]+\*?){7}$'
like "text: sensitive layers" "$stdout" '[0-9]\*'
is "text: no blanks at ends of lines" "$(printf '%s\n' "$stdout" | grep ' $')" ""
run "$quantscope" show demo.h5 --module down_proj
like "text: one kind" "$stdout" '^layer +down_proj$'

run "$quantscope" show demo.h5 --format csv
is "csv: status" "$status" 0
printf '%s\n' "$stdout" >show.csv
is "csv: header" "$(head -n 1 show.csv)" "layer,module,metric,config,dataset,quantizer,axis,value,stderr"
is "csv: lines" "$(wc -l <show.csv | tr -d ' ')" 169
is "csv: fields that do not apply are empty" "$(awk -F, 'NR > 1 && ($3 != "kurtosis" || $4 $5 $6 $7 $9 != "")' show.csv)" ""
is "csv: order" "$(sed 1d show.csv | cut -d, -f1,2)" "$(awk 'BEGIN {
    split("self_attn.q_proj self_attn.k_proj self_attn.v_proj self_attn.o_proj mlp.gate_proj mlp.up_proj mlp.down_proj", k, " ")
    for (l = 0; l < 24; l++) for (i = 1; i <= 7; i++) print l "," k[i] }')"
run "$quantscope" show --format=Csv --metric KURTOSIS --module MLP.DOWN_PROJ demo.h5
is "csv: names in any case, one kind" "$(printf '%s\n' "$stdout" | sed 1d)" "$(grep ',mlp.down_proj,' show.csv)"
run "$quantscope" show demo.h5 --metric kurtosis,std --format csv
is "csv: two metrics" "$(printf '%s\n' "$stdout" | sed 1d | cut -d, -f3 | sort | uniq -c | tr -s ' \n' ' ')" " 168 kurtosis 168 std "
run "$quantscope" show demo.h5 --metric all --format csv
printf '%s\n' "$stdout" >all.csv
metrics=$(sed 1d all.csv | cut -d, -f3 | sort -u | tr '\n' ' ')
for metric in kurtosis mean std skewness min max absmax norm p99 p99.9 p99.99 count; do
    like "all: $metric" "$metrics" "(^| )$metric "
done
is "numbers are the same whatever the locale" "$(LC_ALL=de_DE.UTF-8 "$quantscope" show demo.h5 --format csv)" "$(cat show.csv)"

run "$quantscope" show demo.h5 --format json --metric kurtosis,count
is "json: brackets" "$(printf '%s\n' "$stdout" | sed -n '1p;$p')" "$(printf '[\n]')"
is "json: objects" "$(printf '%s\n' "$stdout" | sed '1d;$d' | grep -Evc \
    '^  \{"layer": [0-9]+, "module": "[a-z_.]+", "metric": "[a-z]+", "config": null, "dataset": null, "quantizer": null, "axis": null, "value": [0-9.]+, "stderr": null\},?$')" 0
is "json: the same values" "$(printf '%s\n' "$stdout" | sed -n 's/.*"kurtosis".*"value": \([^,]*\).*/\1/p')" "$(column show.csv value)"

# Values that are not defined: the kurtosis of a constant.
tiny_model tiny 6
printf '{"architectures": ["L"], "num_hidden_layers": 1}' >tiny/one.json
mkdir -p constant
cp tiny/one.json constant/config.json
header='{"model.layers.0.mlp.up_proj.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}'
{ u64 ${#header}; printf %s "$header"; for i in 1 2 3 4; do float 2; done; } >constant/model.safetensors
"$quantscope" scan -q constant || exit 1
run "$quantscope" show constant --format csv
like "not defined: nan in csv" "$stdout" '^0,mlp\.up_proj,kurtosis,,,,,nan,$'
run "$quantscope" show constant --format json
like "not defined: null in json" "$stdout" '"value": null'
run "$quantscope" show constant
is "not defined: text" "$status" 0

# Known numbers: 1, i and six zeros; kurtosis by hand for i = 1: mean 1/4, m2 = 3/16, m4 = (2 * 81 + 6) / (8 * 256).
"$quantscope" scan -q tiny || exit 1
run "$quantscope" show tiny --metric kurtosis,absmax --format csv
is "by hand: kurtosis" "$(printf '%s\n' "$stdout" | sed -n 's/^1,self_attn.q_proj,kurtosis,,,,,\(.*\),$/\1/p' |
    awk '{ want = 168 / 2048 / (9 / 256); d = $1 - want; print (d < 1e-12 && d > -1e-12) }')" 1
like "by hand: absmax" "$stdout" '^5,self_attn\.q_proj,absmax,,,,,5,$'

# Drawings.
run "$quantscope" show demo.h5 --plot
is "plot: status" "$status" 0
is "plot: lines" "$(printf '%s\n' "$stdout" | wc -l | tr -d ' ')" 24
like "plot: braille" "$stdout" '⠉|⠤|⠒|⣀'
is "plot: nothing but text" "$(printf '%s\n' "$stdout" | grep "$(printf '\033')")" ""
plot=$stdout
run env NO_COLOR=1 "$quantscope" show demo.h5 --plot
is "plot: NO_COLOR changes nothing" "$stdout" "$plot"
run "$quantscope" show demo.h5 --plot --size 60x12
is "plot: --size rows" "$(wc -l <"$QS_TMP/stdout" | tr -d ' ')" 12
is "plot: --size columns" "$(printf '%s\n' "$stdout" | grep -E '^.{61}')" ""
for size in 1x1 3x2 10x5 200x60; do
    run "$quantscope" show demo.h5 --plot --size $size
    is "plot: $size" "$status $(wc -l <"$QS_TMP/stdout" | tr -d ' ')" "0 ${size#*x}"
done
run env COLUMNS=50 "$quantscope" show demo.h5 --plot
is "plot: COLUMNS" "$(printf '%s\n' "$stdout" | grep -E '^.{51}')" ""
run "$quantscope" show demo.h5 --plot --glyphs ascii
is "plot: ASCII" "$(printf '%s' "$stdout" | LC_ALL=C tr -d '\n\040-\176')" ""
run env LC_ALL=C "$quantscope" show demo.h5 --plot
is "plot: ASCII in the C locale" "$(printf '%s' "$stdout" | LC_ALL=C tr -d '\n\040-\176')" ""
run "$quantscope" show demo.h5 --plot --log --glyphs block --module q_proj
is "plot: logarithmic, blocks" "$status" 0
run "$quantscope" show demo.h5 --plot --metric kurtosis,std --size 80x20
is "plot: two metrics" "$(wc -l <"$QS_TMP/stdout" | tr -d ' ')" 41
run "$quantscope" show demo.h5 --plot --format csv
is "plot and csv: status" "$status" 2
like "plot and csv: message" "$stderr" '--plot draws and --format'

# The bundled model needs no scan of one's own.
run "$quantscope" show demo --format csv
is "demo: status" "$status" 0
is "demo: the same values" "$stdout" "$(cat show.csv)"
run "$quantscope" show --format csv
is "no argument: the same values" "$stdout" "$(cat show.csv)"
cp demo.h5 quantscope.h5
run "$quantscope" show --format csv -q
is "no argument, a cache in this folder" "$stdout" "$(cat show.csv)"
rm -f quantscope.h5

# What is wrong or missing.
run "$quantscope" show demo.h5 --metric kurtoses
is "unknown metric: status" "$status" 2
like "unknown metric: message" "$stderr" 'show: --metric kurtoses: is none of kurtosis, .*; did you mean kurtosis\?'
run "$quantscope" show demo.h5 --metric kurtosis,
is "an empty metric: status" "$status" 2
run "$quantscope" show demo.h5 --module qproj
is "unknown kind: status" "$status" 2
like "unknown kind: message" "$stderr" 'show: --module qproj: is none of self_attn\.q_proj, .*; did you mean q_proj\?'
demo_folder fresh
run "$quantscope" show fresh
is "not measured: status" "$status" 1
is "not measured: stdout" "$stdout" ""
like "not measured: the command that does it" "$stderr" 'fresh: nothing is measured yet; this does it: quantscope scan fresh$'
ok "not measured: nothing written" test ! -e fresh/quantscope.h5
run "$quantscope" show missing.h5
is "missing: status" "$status" 3
like "missing: message" "$stderr" '^quantscope: missing\.h5'
head -c 3000 demo.h5 >short.h5
run "$quantscope" show short.h5
is "cut short: status" "$status" 3
like "cut short: message" "$stderr" '^quantscope: short\.h5: is damaged or cut short: HDF5 cannot open it \(truncated'
printf 'no cache' >text.h5
run "$quantscope" show text.h5
is "no cache: status" "$status" 3
if [ -w /dev/full ]; then
    run sh -c '"$0" show demo.h5 --metric all --format csv >/dev/full' "$quantscope"
    is "a full disk: status" "$status" 1
    like "a full disk: message" "$stderr" 'standard output: cannot write: .+'
fi
run sh -c '{ "$0" show demo.h5 --metric all --format csv; echo $? >status; } | head -n 1' "$quantscope"
is "head: first line" "$stdout" "$(head -n 1 show.csv)"
is "head: no complaint" "$stderr" ""
is "head: status" "$(cat status)" 0
# Errors of quantization: the rung, the quantizer and the axis choose which.
run "$quantscope" scan -q "$demo" -o demo.h5 --quantizer hqq,rtn --ladder b2g64,b4g64
run "$quantscope" show demo.h5 --metric fnorm
is "errors: status" "$status" 0
like "errors: title" "$stdout" '^fnorm of hqq, axis 1, b4g64: Frobenius norm'
like "errors: a layer" "$stdout" '^ +23( +[0-9.]+\*?){7}$'
run "$quantscope" show demo.h5 --metric fnorm,steps --config B4G64,b2g64 --module q_proj --format csv
printf '%s\n' "$stdout" >errors.csv
is "errors: lines" "$(wc -l <errors.csv | tr -d ' ')" 97
is "errors: order" "$(sed -n '2,5p' errors.csv | cut -d, -f1-7)" "0,self_attn.q_proj,fnorm,b2g64,,hqq,1
0,self_attn.q_proj,fnorm,b4g64,,hqq,1
0,self_attn.q_proj,steps,b2g64,,hqq,1
0,self_attn.q_proj,steps,b4g64,,hqq,1"
ok "errors: fewer bits, more error" awk -F, '$3 == "fnorm" && $4 == "b2g64" { coarse = $8 }
    $3 == "fnorm" && $4 == "b4g64" && !($8 < coarse / 2) { bad = 1 } END { exit bad }' errors.csv
run "$quantscope" show demo.h5 --metric snr --quantizer RTN --config b2g64 --format json --module down_proj
like "errors: json" "$stdout" '"metric": "snr", "config": "b2g64", "dataset": null, "quantizer": "rtn", "axis": 1, "value": [0-9.]+'
run "$quantscope" show demo.h5 --metric fnorm --quantizer rtn --config all --format csv
is "errors: all rungs" "$(printf '%s\n' "$stdout" | sed 1d | cut -d, -f4 | sort -u | tr '\n' ' ')" "b2g64 b4g64 "
run "$quantscope" show demo.h5 --metric fnorm --plot --config b2g64,b4g64 --module q_proj --size 80x20 --glyphs ascii
is "errors: a drawing of two rungs: status" "$status" 0
is "errors: a drawing of two rungs: lines" "$(printf '%s\n' "$stdout" | wc -l | tr -d ' ')" 20
like "errors: a drawing of two rungs: title" "$stdout" 'demo: fnorm of self_attn.q_proj, hqq, axis 1'
like "errors: a drawing of two rungs: legend" "$stdout" 'a .*b2g64 .*b .*b4g64'
run "$quantscope" show demo.h5 --metric fnorm --plot --quantizer rtn --size 80x20
like "errors: a drawing of one rung: title" "$stdout" 'demo: fnorm of rtn, axis 1, b4g64'
run "$quantscope" show demo.h5 --metric fnorm --quantizer rtn --axis 0 --config b5g16
is "errors: not there: status" "$status" 1
is "errors: not there: message" "$stderr" "quantscope: demo.h5: holds no fnorm of rtn, axis 0, b5g16; this measures it: quantscope scan MODEL --quantizer rtn --axis 0 --ladder b5g16 -o demo.h5"
run "$quantscope" show demo.h5 --metric fnorm --quantizer nf4 --config all
like "errors: none of a quantizer" "$stderr" 'holds no fnorm of nf4, axis 1; this measures it: quantscope scan MODEL --quantizer nf4'
run "$quantscope" show demo.h5 --metric fnorm --quantizer nf4 --config b3g64
is "errors: nf4 has no such rung: status" "$status" 2
like "errors: nf4 has no such rung: message" "$stderr" 'config b3g64: nf4 has 4 bits only'
run "$quantscope" show --metric fnorm --quantizer nf4 --format csv demo
is "errors: the bundled model is scanned for them" "$status" 0
is "errors: the bundled model's rows" "$(printf '%s\n' "$stdout" | grep -c ',fnorm,b4g64,,nf4,1,')" 168
run "$quantscope" detect demo.h5 --metric fnorm --config b2g64 --z 2 --format csv
is "errors: detect" "$status" 0
like "errors: detect finds" "$stdout" '^mlp\.up_proj,1,'
run "$quantscope" snapshot demo.h5 --metric fnorm --config b2g64 --quantizer rtn --size 80x24
is "errors: snapshot" "$status" 0

finish
