# plan, compare, export: from a cache to plans, plans side by side, and what is refused.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/cli/lib.sh"

"$quantscope" scan demo --quantizer hqq,rtn -o demo.h5 --quiet || exit 1
modules=168

# field NAME FILE: a field of the totals.
field() {
    sed -n "s/.*\"$1\": \([0-9.]*\).*/\1/p" "$2" | tail -n 1
}

run "$quantscope" plan demo.h5 --method uniform --base 3.13 -o uniform.json
is "uniform: status" "$status" 0
is "uniform: nothing on stdout" "$stdout" ""
like "uniform: a summary" "$stderr" "^  over b3g128 +\+0\.000 %"
is "uniform: a line for every module" "$(grep -c '^    {"layer"' uniform.json)" $modules
is "uniform: all at the rung" "$(grep -c '"rung": "b3g128", "axis": 1, "boosted": false' uniform.json)" $modules
# 3 + 16/128 + 32/128^2 bits of every weight, rounded up once.
params=$(sed -n 's/.*"quantizable_params": \([0-9]*\).*/\1/p' uniform.json)
is "uniform: bytes" "$(field bytes uniform.json)" $(((params * 3202 + 8191) / 8192))
is "uniform: bytes of the base" "$(field base_bytes uniform.json)" "$(field bytes uniform.json)"

# The layers that detect finds are those that kurtboost boosts.
"$quantscope" plan demo.h5 --method kurtboost --budget b3g128 --boost-stop 3 -o boost.json --quiet
"$quantscope" detect demo.h5 --metric kurtosis --format csv | sed 1d | awk -F, '{ print $2, $1 }' | sort >detected
sed -n 's/.*"layer": \([0-9]*\), "module": "\([^"]*\)".*"rung": "b4g128".*"boosted": true.*/\1 \2/p' boost.json | sort >boosted
ok "kurtboost: something is boosted" test -s boosted
is "kurtboost: what detect finds climbs three rungs" "$(cat boosted)" "$(cat detected)"
is "kurtboost: the rest stays" "$(grep -c '"rung": "b3g128"' boost.json)" $((modules - $(wc -l <boosted)))

run "$quantscope" plan demo.h5 --method kurtboost --base b4g64 --boost-stop 9
is "boost-stop beyond the ladder: status" "$status" 0
like "boost-stop beyond the ladder is said" "$stdout" "^boost-stop 9 leads beyond the ladder: the boosted end at b8g32, 4 above$"

# The same seed draws the same layers, another one others; as many as were boosted, and none of those.
for seed in 1 1 2; do
    "$quantscope" plan demo.h5 --method ablation --base b3g128 --seed $seed --format csv >ablation.$seed.csv 2>stderr
    cksum <ablation.$seed.csv
done >sums
is "ablation: by the seed" "$(uniq sums | wc -l)" 2
is "ablation: as many as were boosted" "$(grep -c ',3,32,' ablation.1.csv)" "$(wc -l <boosted)"
like "ablation: says what it lacks" "$(cat stderr; "$quantscope" plan demo.h5 --method ablation --base b3g128)" \
    "^sensitivity is not known: only what kurtosis selects is kept out of the draw$"

run "$quantscope" plan demo.h5 --method decline --base b3g128 --neutral -o decline.json
is "decline --neutral: status" "$status" 0
ok "decline --neutral: not above the base" test "$(field bytes decline.json)" -le "$(field base_bytes decline.json)"

# The optimum at a boosted plan's bytes: not larger, and not worse.
"$quantscope" plan demo.h5 --method optimal --budget "$(field bytes boost.json)B" -o best.json --quiet
ok "optimal: a budget of another plan's bytes admits it" test "$(field bytes best.json)" -le "$(field bytes boost.json)"
run "$quantscope" compare boost.json best.json uniform.json --cache demo.h5 --format csv
is "compare: status" "$status" 0
is "compare: header" "$(printf '%s\n' "$stdout" | head -n 1)" \
    "plan,method,base,bytes,packed_bytes,bits_per_weight,memory_increase,fnorm_sum,sensitivity_sum,boosted,gap"
is "compare: a row a plan" "$(printf '%s\n' "$stdout" | cut -d, -f1-3 | sed 1d | tr '\n' ' ')" \
    "boost.json,kurtboost,b3g128 best.json,optimal,b3g128 uniform.json,uniform,b3g128 "
is "compare: the optimum has no gap" "$(printf '%s\n' "$stdout" | sed -n 3p | cut -d, -f11)" 0
ok "compare: the boosted plan has one" test "$(printf '%s\n' "$stdout" | sed -n 2p | awk -F, '{ print ($11 > 0) }')" = 1
# The sum of fnorm is that of show, module by module.
printf '%s\n' "$stdout" | sed -n 4p | cut -d, -f8 >sum
"$quantscope" show demo.h5 --metric fnorm --config b3g128 --format csv | awk -F, 'NR > 1 { s += $8 } END { printf "%.12g\n", s }' >shown
is "compare: fnorm_sum" "$(awk '{ printf "%.12g\n", $1 }' sum)" "$(cat shown)"
run "$quantscope" compare uniform.json boost.json
like "compare: where two plans differ" "$stdout" "^boost.json against uniform.json: $(wc -l <boosted) modules differ$"
is "compare: a map of it" "$(printf '%s\n' "$stdout" | sed -n '/a sign for/,$p' | sed 1d | tr -dc + | wc -c)" "$(wc -l <boosted)"
like "compare: without a cache no errors" "$("$quantscope" compare uniform.json --format csv)" "^uniform.json,uniform,b3g128,[0-9]*,,[0-9.]*,0,,,0,$"

odd=$(printf 'two\nlines.json')
cp uniform.json "$odd"
is "compare: a row stays a line" "$("$quantscope" compare "$odd" | grep -c .)" 3

# In the cache, by name.
run "$quantscope" plan demo.h5 --method mxq --budget 3.25 --keep mxq_325
is "keep: status" "$status" 0
run "$quantscope" export mxq_325 --cache demo.h5 --to csv
is "export: a kept plan" "$(printf '%s\n' "$stdout" | head -n 1)" "layer,module,nbits,group_size,memmb"
is "export: rows" "$(printf '%s\n' "$stdout" | sed 1d | wc -l)" $modules
"$quantscope" plan demo.h5 --method mxq --budget 3.25 --format csv >direct.csv
is "a kept plan is the plan" "$stdout" "$(cat direct.csv)"
run "$quantscope" compare mxq_325 nobody --cache demo.h5
is "compare: an unknown name" "$status $stderr" "3 quantscope: compare: nobody: is no file, and no plan of this name is kept in demo.h5; it has mxq_325"
"$quantscope" plan demo.h5 --method uniform --base b8g64 --keep other --quiet
run "$quantscope" plan demo.h5 --method uniform --base b2g64 --keep mxq_325
is "keep: a name again: status" "$status" 2
like "keep: a name again: message" "$stderr" "another plan is kept as mxq_325; .*--force"
is "keep: a name again: the plan stays" "$("$quantscope" export mxq_325 --cache demo.h5 --to csv)" "$(cat direct.csv)"
run "$quantscope" plan demo.h5 --method uniform --base b2g64 --keep mxq_325 --force
like "keep --force: says so" "$stderr" "^kept as mxq_325 in demo.h5$"
is "keep --force: replaces" "$("$quantscope" export mxq_325 --cache demo.h5 --to csv | grep -c ',2,64,')" $modules
is "keep --force: that plan only" "$("$quantscope" export other --cache demo.h5 --to csv | grep -c ',8,64,')" $modules

# What is told of a plan does not depend on those beside it: other ladders, quantizers, storages.
"$quantscope" plan demo.h5 --method uniform --base b4g64 --ladder b4g64 -o ladder.json --quiet
"$quantscope" plan demo.h5 --method uniform --base b3g128 --storage fp16 -o fp16.json --quiet
"$quantscope" plan demo.h5 --method uniform --base b3g128 --quantizer rtn -o rtn.json --quiet
"$quantscope" compare best.json ladder.json fp16.json rtn.json --cache demo.h5 --format csv | sed 1d | sort >forth
"$quantscope" compare rtn.json fp16.json ladder.json best.json --cache demo.h5 --format csv | sed 1d | sort >back
is "compare: in any order" "$(cat back)" "$(cat forth)"
is "compare: no gap is below 0" "$(awk -F, '$11 != "" && $11 < 0' forth)" ""
is "compare: the optimum stays one" "$(grep ^best forth | cut -d, -f11)" 0
ok "compare: fp16 and rtn have gaps" test "$(grep -E '^(fp16|rtn)' forth | awk -F, '$11 > 0' | wc -l)" -eq 2
like "compare: without a cache says what is missing" "$("$quantscope" compare best.json)" "need what knows them: --cache CACHE"

# Files are not overwritten, and refused files not made.
run "$quantscope" plan demo.h5 --method uniform --base b2g64 -o uniform.json
is "an existing plan: status" "$status" 2
like "an existing plan stays" "$(cat uniform.json)" '"base": "b3g128"'
run "$quantscope" plan demo.h5 --method uniform --base b2g64 -o uniform.json --force
is "--force overwrites" "$status $(grep -c '"rung": "b2g64"' uniform.json)" "0 $modules"

refused() { # NAME WANTED-STATUS PATTERN ARGUMENTS...
    name=$1 wanted=$2 pattern=$3
    shift 3
    run "$quantscope" "$@" -o refused.json
    is "$name: status" "$status" "$wanted"
    like "$name: message" "$stderr" "$pattern"
    ok "$name: nothing is written" test ! -e refused.json
}
refused "no method" 2 "plan: how\? --method takes uniform, " plan demo.h5
refused "an unknown method" 2 "--method kurtbost: is none of .*; did you mean kurtboost" plan demo.h5 --method kurtbost
refused "no base" 2 "kurtboost needs --base" plan demo.h5 --method kurtboost
refused "no budget" 2 "mxq needs --budget" plan demo.h5 --method mxq
refused "a base that is no rung" 2 "--base b3g100: is no rung" plan demo.h5 --method uniform --base b3g100
refused "a base beyond the ladder" 2 "base b5g64: is none of the ladder's rungs: b2g128 " plan demo.h5 --method uniform --base b5g64
refused "a budget below the cheapest" 2 "is below the cheapest plan; plans take from 2.126953125 .* to 8.5078125 " plan demo.h5 --method mxq --budget 2.1
refused "a budget above the dearest" 2 "is above the dearest plan; plans take from 2.126953125 .* to 8.5078125 " plan demo.h5 --method mxq --budget 9
refused "no budget at all" 2 "--budget nonsense: is not understood" plan demo.h5 --method mxq --budget nonsense
refused "a budget of 0 bytes" 2 "--budget 0B: is not understood" plan demo.h5 --method mxq --budget 0B
refused "top-m beyond the layers" 2 "top-m is 25, and the model has 24 layers" plan demo.h5 --method kurtboost --base b3g128 --top-m 25
refused "a parameter without use" 2 "--seed is no parameter of uniform, but of: ablation" plan demo.h5 --method uniform --base b3g128 --seed 3
refused "a parameter without use, at its default" 2 "--z is no parameter of optimal" plan demo.h5 --method optimal --budget 3.4 --z 3
refused "boost-stop 0" 2 "--boost-stop 0: is no such value" plan demo.h5 --method kurtboost --base b3g128 --boost-stop 0
refused "an unknown metric" 2 "--metric kurtoses: is none of .* did you mean kurtosis" plan demo.h5 --method kurtboost --base b3g128 --metric kurtoses
refused "a metric that is missing" 1 "sensitivity: is not known of this model; .quantscope import" plan demo.h5 --method sensiboost --base b3g128
refused "an objective that is missing" 1 "loss of hqq, axis 1, is not known of this model; .quantscope import" plan demo.h5 --method optimal --budget 3.4 --objective loss
refused "errors that are missing" 1 "fnorm of rtn, axis 0, is not known of this model; .quantscope scan" plan demo.h5 --method mxq --budget 3.4 --quantizer rtn --axis 0
refused "nf4 at three bits" 2 "nf4 has 4 bits" plan demo.h5 --method uniform --base b3g128 --quantizer nf4
refused "no cache" 3 "nowhere.h5" plan nowhere.h5 --method uniform --base b3g128
run "$quantscope" plan demo.h5 --method uniform --base b3g128 --keep "no/name"
is "a name that is none: status" "$status" 2

# Plans of others.
sed 's/"fingerprint": "[0-9a-f]*"/"fingerprint": "00000000000000000000000000000000"/' boost.json >other.json
run "$quantscope" compare other.json --cache demo.h5
is "another fingerprint: status" "$status" 3
like "another fingerprint: message" "$stderr" "other.json: is a plan of another model: .*--any-model"
run "$quantscope" compare other.json boost.json --any-model --cache demo.h5
is "another fingerprint, --any-model" "$status" 0
sed 's/"shape": \[128, 128\]/"shape": [128, 256]/' best.json >shapes.json
run "$quantscope" compare shapes.json --cache demo.h5
is "other shapes: status" "$status" 3
sed '/"layer": 3, "module": "mlp.up_proj"/d' best.json >short.json
run "$quantscope" compare short.json --cache demo.h5
is "a module is missing: status" "$status" 3
like "a module is missing: message" "$stderr" "short.json: "
run "$quantscope" export nowhere.json --to csv
is "export: no such file" "$status" 3
run "$quantscope" export boost.json
is "export: no format" "$status" 2
run "$quantscope" export boost.json --to csv -o out.csv
is "export: a file" "$status $(wc -l <out.csv)" "0 $((modules + 1))"

# What a table of metrics makes known is as good as a scan: here a loss, which then is the objective.
{
    echo layer,module,nbit1,gsize1,params,fnorm,loss
    for layer in 0 1 2 3 4; do
        echo "$layer,q_proj,3,128,4096,4,0.$((9 - layer))"
        echo "$layer,q_proj,4,128,4096,2,0.0$((9 - layer))"
    done
} >loss.csv
"$quantscope" import loss.csv -o loss.h5 --quiet
run "$quantscope" plan loss.h5 --method optimal --budget 3.6 --format csv
is "optimal: the loss decides" "$(printf '%s\n' "$stdout" | sed 1d | cut -d, -f1,3 | tr '\n' ' ')" "0,4 1,4 2,3 3,3 4,3 "
like "optimal: says which objective" "$("$quantscope" plan loss.h5 --method optimal --budget 3.6)" "^  sum of loss "
like "json: the plan file" "$("$quantscope" plan loss.h5 --method uniform --base b3g128 --format json)" '"params": 4096, "rung": "b3g128", "axis": 0'
finish
