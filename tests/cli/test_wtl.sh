# wtl: win, tie, loss of both kinds of tables; what is no such table.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/cli/lib.sh"

cat >study.csv <<'EOF'
model,method,budget,setting,dataset,perplexity
tiny,uniform,b3g64,,sotu,34.54
tiny,sensiboost,b3g64,2-0,sotu,34.484999
tiny,sensiboost,b3g64,2-1,sotu,34.535
tiny,optimal,b3g64,,sotu,33.31
tiny,optimal,3.40,,sotu,33.3
tiny,uniform,3.4,,sotu,33.2
EOF
run "$quantscope" wtl study.csv --format csv
is "study: status" "$status" 0
is "study: stderr" "$stderr" ""
is "study: every method against every other" "$stdout" "model,method,against,wins,ties,losses
tiny,uniform,sensiboost,0,1,1
tiny,uniform,optimal,1,0,1
tiny,sensiboost,uniform,1,1,0
tiny,sensiboost,optimal,0,0,2
tiny,optimal,uniform,1,0,1
tiny,optimal,sensiboost,2,0,0"
run "$quantscope" wtl study.csv --against Uniform
is "study: against one, as text" "$stdout" "model  method      against  wins  ties  losses
tiny   sensiboost  uniform     1     1       0
tiny   optimal     uniform     1     0       1"
run "$quantscope" wtl study.csv --against uniform --format json
is "study: json" "$stdout" '[
  {"model": "tiny", "method": "sensiboost", "against": "uniform", "wins": 1, "ties": 1, "losses": 0},
  {"model": "tiny", "method": "optimal", "against": "uniform", "wins": 1, "ties": 0, "losses": 1}
]'
cat >published.csv <<'EOF'
ppl_c4,ppl_wikitext,attempt,bpp,config,algo,model
,5.1847,,16,base,fp16,m
8.3,6.10,,3.13,b3g128,hqq,m
8.2,6.20,mxq1,3.13,3_13,mxq,m
8.1,6.0951,sensi-boost-2-0,3.13,3_13,mxq,m
,6.0950,sensi-boost-2-1,3.13,3_13,mxq,m
8.4,,kurt-boost-2-0,3.130,3_13,mxq,m
8.4,6.1,sensi-abl-2-1,3.13,3_13,mxq,m
EOF
run "$quantscope" wtl published.csv --format csv
is "published: status" "$status" 0
is "published: the paper's pairs" "$stdout" "model,method,against,wins,ties,losses
m,sensiboost,hqq,1,2,0
m,sensiboost,mxq,3,0,0
m,sensiboost,sensiboost-ablation,0,1,0
m,kurtboost,hqq,0,0,1
m,kurtboost,mxq,0,0,1
m,sensiboost,kurtboost,1,0,0"
run "$quantscope" wtl published.csv --format csv --against mxq
is "published: against one" "$stdout" "model,method,against,wins,ties,losses
m,hqq,mxq,1,0,1
m,sensiboost,mxq,3,0,0
m,kurtboost,mxq,0,0,1
m,sensiboost-ablation,mxq,1,0,1"

# refused NAME STATUS PATTERN: of bad.csv, with arguments.
refused() {
    name=$1 wanted=$2 pattern=$3
    shift 3
    run "$quantscope" wtl "$@"
    is "$name: status" "$status" "$wanted"
    is "$name: stdout" "$stdout" ""
    like "$name: message" "$stderr" "^quantscope: $pattern"
}
refused "no file" 3 'missing\.csv: cannot open' missing.csv
: >bad.csv
refused "an empty file" 3 'bad\.csv: is empty' bad.csv
head -n 1 study.csv >bad.csv
refused "nothing but a header" 3 'bad\.csv: has no perplexity behind its header' bad.csv
printf 'a,b\n1,2\n' >bad.csv
refused "another table" 3 'bad\.csv: is no table of perplexities: it has neither' bad.csv
cut -d, -f1-5 study.csv >bad.csv
refused "a column is missing" 3 'bad\.csv: line 1: there is no column perplexity' bad.csv
cut -d, -f3-7 published.csv >bad.csv
refused "no column of perplexities" 3 'bad\.csv: has no column of perplexities, such as ppl_wikitext' bad.csv
for value in abc nan inf -1 0 '' 1e400 0x10; do
    sed "3s/34.484999/$value/" study.csv >bad.csv
    refused "perplexity '$value'" 3 'bad\.csv: line 3, column perplexity: ' bad.csv
done
sed '3s/8.3,/8.3x,/' published.csv >bad.csv
refused "a published perplexity" 3 'bad\.csv: line 3, column ppl_c4: "8.3x" is no number' bad.csv
sed '3s/,3.13,/,b3g128,/' published.csv >bad.csv
refused "a published budget" 3 'bad\.csv: line 3, column bpp: "b3g128" is no number' bad.csv
sed '4s/2-1/2-0/' study.csv >bad.csv
refused "a perplexity twice" 3 'bad\.csv: line 4: tiny has a second perplexity of sensiboost at b3g64, setting 2-0 on sotu; the other is in line 3' bad.csv
sed '5s/,/,,/' study.csv >bad.csv
refused "a field too many" 3 'bad\.csv: line 5: has more than the 6 fields' bad.csv
head -n 2 study.csv >bad.csv
refused "one method alone" 3 'bad\.csv: no two methods have a perplexity at the same budget' bad.csv
refused "no such method" 2 'study\.csv: has no method hqq, but uniform, sensiboost, optimal' study.csv --against hqq
refused "two tables" 2 'wtl: too many arguments' study.csv study.csv

# The authors' table: the counts are the paper's.
if [ -n "$QS_SHARED" ] && [ -e "$QS_SHARED/reference/perplexity.csv" ]; then
    run "$quantscope" wtl "$QS_SHARED/reference/perplexity.csv" --format csv
    is "the authors' table: status" "$status" 0
    is "the authors' table: the paper's counts" "$stdout" "model,method,against,wins,ties,losses
Llama-2-7b-hf,sensiboost,hqq,94,1,1
Llama-2-7b-hf,sensiboost,mxq,92,0,4
Llama-2-7b-hf,sensiboost,sensiboost-ablation,61,12,23
Llama-2-7b-hf,kurtboost,hqq,87,9,0
Llama-2-7b-hf,kurtboost,mxq,90,1,5
Llama-2-7b-hf,kurtboost,kurtboost-ablation,63,23,10
Llama-2-7b-hf,sensiboost,kurtboost,19,23,54
Meta-Llama-3-8B,sensiboost,hqq,81,7,8
Meta-Llama-3-8B,sensiboost,mxq,96,0,0
Meta-Llama-3-8B,sensiboost,sensiboost-ablation,80,6,10
Meta-Llama-3-8B,kurtboost,hqq,92,4,0
Meta-Llama-3-8B,kurtboost,mxq,96,0,0
Meta-Llama-3-8B,kurtboost,kurtboost-ablation,92,4,0
Meta-Llama-3-8B,sensiboost,kurtboost,70,11,15"
    run "$quantscope" wtl "$QS_SHARED/reference/perplexity.csv" --format csv --against hqq
    is "the authors' table: against hqq" "$(printf '%s\n' "$stdout" | grep -E '^[^,]*,(sensi|kurt)boost,' | sort | cut -d, -f2- | tr '\n' ' ')" \
        "kurtboost,hqq,87,9,0 sensiboost,hqq,94,1,1 kurtboost,hqq,92,4,0 sensiboost,hqq,81,7,8 "
else
    skip "the authors' perplexities" "there is no reference data: set QS_SHARED"
fi
finish
