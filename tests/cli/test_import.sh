# import: metrics made elsewhere, read back bit for bit; what is refused, and that nothing is written then.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/cli/lib.sh"

# A model of two layers and two kinds, in no order, as another program may write it.
cat >tiny.csv <<'EOF'
module,layer,gsize1,nbit1,kurtosis,params,fnorm,sensitivity,loss
mlp.down_proj,1,64,4,3.5,4096,0.30000000000000004,2e-6,0.25
mlp.down_proj,1,64,3,3.5,4096,0.7,2e-6,0.5
self_attn.q_proj,0,64,4,70.890634078170521,1024,1e-3,0,0.0625
mlp.down_proj,0,64,4,3.25,4096,0.5,1e-6,
self_attn.q_proj,1,64,4,4,1024,,7e-7,1
EOF
run "$quantscope" import tiny.csv -o tiny.h5
is "status" "$status" 0
is "stdout" "$stdout" ""
is "stderr" "$stderr" "quantscope: imported tiny: fnorm, kurtosis, sensitivity, loss of 2 layers, 4 modules, 2 rungs, from 5 rows; cache tiny.h5; next: quantscope detect tiny.h5 --metric sensitivity"
ok "no journal is left" test ! -e tiny.h5.journal
run "$quantscope" show tiny.h5 --metric kurtosis,fnorm,sensitivity,loss --config all --format csv
is "show: rows" "$stdout" "layer,module,metric,config,dataset,quantizer,axis,value,stderr
0,self_attn.q_proj,kurtosis,,,,,70.890634078170521,
0,self_attn.q_proj,fnorm,b4g64,,hqq,0,0.001,
0,self_attn.q_proj,sensitivity,b4g64,imported,hqq,0,0,
0,self_attn.q_proj,loss,b4g64,imported,hqq,0,0.0625,
0,mlp.down_proj,kurtosis,,,,,3.25,
0,mlp.down_proj,fnorm,b4g64,,hqq,0,0.5,
0,mlp.down_proj,sensitivity,b4g64,imported,hqq,0,9.9999999999999995e-07,
1,self_attn.q_proj,kurtosis,,,,,4,
1,self_attn.q_proj,sensitivity,b4g64,imported,hqq,0,6.9999999999999997e-07,
1,self_attn.q_proj,loss,b4g64,imported,hqq,0,1,
1,mlp.down_proj,kurtosis,,,,,3.5,
1,mlp.down_proj,fnorm,b3g64,,hqq,0,0.69999999999999996,
1,mlp.down_proj,fnorm,b4g64,,hqq,0,0.30000000000000004,
1,mlp.down_proj,sensitivity,b4g64,imported,hqq,0,1.9999999999999999e-06,
1,mlp.down_proj,loss,b3g64,imported,hqq,0,0.5,
1,mlp.down_proj,loss,b4g64,imported,hqq,0,0.25,"
run "$quantscope" show tiny.h5 --metric all --format csv
is "show: all that is there" "$(printf '%s\n' "$stdout" | sed 1d | cut -d, -f3 | sort -u | tr '\n' ' ')" \
    "fnorm kurtosis loss sensitivity "
run "$quantscope" show tiny.h5 --metric fnorm --axis 1
is "show: an axis that was named is not another: status" "$status" 1
like "show: an axis that was named is not another" "$stderr" 'tiny\.h5: holds no fnorm of hqq, axis 1, b4g64;'
run "$quantscope" show tiny.h5 --metric mean_abs
is "show: fnorm alone: status" "$status" 1
like "show: fnorm alone" "$stderr" 'axis 0, b4g64 it holds an imported fnorm and no mean_abs'
run "$quantscope" show tiny.h5 --metric loss --config b2g32
is "show: no such loss: status" "$status" 1
like "show: no such loss" "$stderr" 'tiny\.h5: holds no loss of hqq, axis 0, b2g32; quantscope import reads it'
run "$quantscope" show tiny.h5 --metric fnorm --config b4g64
is "show: the matrix" "$(printf '%s\n' "$stdout" | tail -n 3 | tr -s ' ')" "layer q_proj down_proj
 0 0.0010000 0.50000
 1 ? 0.30000"
for view in overview layers curves grid detect plan compare; do
    run "$quantscope" snapshot tiny.h5 --view $view --metric sensitivity --size 100x24
    is "snapshot of $view: status" "$status" 0
    is "snapshot of $view: lines" "$(printf '%s\n' "$stdout" | wc -l | tr -d ' ')" 24
done
run "$quantscope" snapshot tiny.h5 --view overview --size 100x24
like "overview: no size is claimed" "$stdout" 'parameters +10,240 in the modules$'
like "overview: what is measured" "$stdout" 'on data +sensitivity of imported; loss of imported'
run "$quantscope" snapshot tiny.h5 --view layers --size 100x24
like "layers: no shapes are claimed" "$stdout" '0 self_attn\.q_proj - +- +- +1,024 +- +70\.89063'
run "$quantscope" snapshot tiny.h5 --keys ": m e t r i c Space l o s s Enter" --size 100x24
like "the workbench goes to the axis that is there" "$stdout" '^loss, hqq axis 0, b4g64'

# Again, in parts, by another name: the cache is extended, and what it holds stays.
cp tiny.h5 before.h5
run "$quantscope" import tiny.csv -o tiny.h5
is "again: status" "$status" 0
like "again" "$stderr" 'the cache had it all already'
ok "again: the same bytes" cmp tiny.h5 before.h5
cut -d, -f1-4,6,7 tiny.csv >fnorm.csv
cut -d, -f1-6 tiny.csv | sed 's/$/,/; 1s/,$/,module_sensitivity/' | sed '3s/$/0.125/' >rest.csv
run "$quantscope" import --name parts fnorm.csv rest.csv -o parts.h5
is "parts: status" "$status" 0
like "parts: the name" "$stderr" '^quantscope: imported parts: fnorm, kurtosis, module_sensitivity of'
is "parts: the same fnorm" "$("$quantscope" show parts.h5 --metric fnorm,kurtosis --config all --format csv)" \
    "$("$quantscope" show tiny.h5 --metric fnorm,kurtosis --config all --format csv)"
is "parts: one value" "$("$quantscope" show parts.h5 --metric module_sensitivity --config all --format csv 2>/dev/null | sed 1d)" \
    "1,mlp.down_proj,module_sensitivity,b3g64,imported,hqq,0,0.125,"
run "$quantscope" import tiny.csv -o parts.h5
is "parts: extended: status" "$status" 0
is "parts: extended" "$("$quantscope" show parts.h5 --metric loss,fnorm --config all --format csv)" \
    "$("$quantscope" show tiny.h5 --metric loss,fnorm --config all --format csv)"
sed 's/,70.890634078170521,/,71,/' tiny.csv >changed.csv
run "$quantscope" import changed.csv -o tiny.h5
is "otherwise: status" "$status" 0
like "otherwise: told" "$stderr" '; 1 values stay as the cache has them, which is otherwise'
ok "otherwise: the cache's stays" cmp tiny.h5 before.h5
{ cat tiny.csv | sed '1s/$/,note/; 2,$s/$/,x/'; } >noted.csv
run "$quantscope" import noted.csv -o noted.h5 -q
is "a column that is not read" "$stderr" "quantscope: warning: noted.csv: not read: note"

# refused NAME PATTERN STATUS ARGUMENT...: told, and nothing written.
refused() {
    name=$1 pattern=$2 wanted=$3
    shift 3
    run "$quantscope" import "$@" -o new.h5
    is "$name: status" "$status" "$wanted"
    is "$name: stdout" "$stdout" ""
    like "$name: message" "$stderr" "^quantscope: $pattern"
    ok "$name: nothing is written" sh -c 'test ! -e new.h5 && test ! -e new.h5.journal'
    run "$quantscope" import "$@" -o tiny.h5
    is "$name: into a cache: status" "$status" "$wanted"
    ok "$name: into a cache: nothing is written" cmp tiny.h5 before.h5
}
sed '3s/0.7/abc/' tiny.csv >bad.csv
refused "no number" 'bad\.csv: line 3, column fnorm: "abc" is no number' 3 bad.csv
sed '4s/^\([^,]*,\)0/\170000/' tiny.csv >bad.csv
refused "a layer beyond" 'bad\.csv: line 4, column layer: "70000" is no whole number from 0 to 65535' 3 bad.csv
sed '4s/^\([^,]*,\)0/\17/' tiny.csv >bad.csv
refused "a layer alone" 'bad\.csv: layer 2 is missing' 3 bad.csv
sed '4s/64,4/48,4/' tiny.csv >bad.csv
refused "no rung" 'bad\.csv: line 4, column gsize1: 48 is no group size' 3 bad.csv
sed 's/^layer/Layer/; 6s/$/,extra/' tiny.csv >bad.csv
refused "a field too many" 'bad\.csv: line 6: has more than the 9 fields' 3 bad.csv
{ cat tiny.csv; sed -n 4p tiny.csv; } >bad.csv
refused "a row twice" 'bad\.csv: line 7: layer 0 self_attn\.q_proj: is there twice at b4g64; the other is in line 4' 3 bad.csv
sed '4s/1e-3/2e-3/' tiny.csv >other.csv
refused "two files at odds" 'other\.csv: line 4: layer 0 self_attn\.q_proj: has two values of fnorm at b4g64, .*; the other is in tiny\.csv line 4' 3 tiny.csv other.csv
refused "no file" 'missing\.csv: cannot open' 3 missing.csv
refused "no table" 'before\.h5: byte [0-9]+ is zero: this is no text' 3 before.h5
: >bad.csv
refused "an empty file" 'bad\.csv: is empty' 3 bad.csv
refused "a folder" '\.: is a directory' 3 .
refused "an empty name" 'import: --name: the NAME is empty' 2 tiny.csv --name=
sed '2,3s/4096/4097/' tiny.csv >bad.csv
run "$quantscope" import bad.csv -o tiny.h5
is "another model: status" "$status" 3
like "another model: message" "$stderr" '^quantscope: tiny\.h5: belongs to another model: its layer 1 mlp\.down_proj is 4096 weights, not 4097 weights'
ok "another model: untouched" cmp tiny.h5 before.h5
run "$quantscope" import tiny.csv -o tiny.csv
is "over its own file: status" "$status" 3
like "over its own file: message" "$stderr" '^quantscope: tiny\.csv: '
ok "over its own file: untouched" test "$(wc -l <tiny.csv)" -eq 6

# A scanned cache takes imported metrics, and a cache of these takes a scan, where the numbers of weights fit.
tiny_model scanned 2
"$quantscope" scan -q scanned -o scanned.h5 --ladder b4g16 2>/dev/null || exit 1
cat >q.csv <<'EOF'
layer,module,nbit1,gsize1,fnorm,kurtosis,params
0,self_attn.q_proj,4,64,1.5,9,8
1,self_attn.q_proj,4,64,2.5,9,8
EOF
run "$quantscope" import q.csv -o scanned.h5
is "into a scanned cache: status" "$status" 0
like "into a scanned cache: what was measured stays" "$stderr" '; 2 values stay as the cache has them'
is "into a scanned cache: the errors" "$("$quantscope" show scanned.h5 --metric fnorm --format csv 2>/dev/null | sed 1d | cut -d, -f7,8)" "0,1.5
0,2.5"
run "$quantscope" show scanned.h5 --metric kurtosis --format csv
is "into a scanned cache: the kurtosis" "$stdout" "$("$quantscope" show scanned --format csv 2>/dev/null || {
    "$quantscope" scan -q --no-error scanned; "$quantscope" show scanned --format csv; })"
run "$quantscope" snapshot scanned.h5 --view layers --size 100x10
like "into a scanned cache: it keeps its shapes" "$stdout" '0 self_attn\.q_proj F32 +2 +4 +8 '
"$quantscope" import -q q.csv -o q.h5 || exit 1
run "$quantscope" scan -q --no-error scanned -o q.h5
is "a scan into it: status" "$status" 0
run "$quantscope" snapshot q.h5 --view layers --size 100x10
like "a scan into it: it learns the shapes" "$stdout" '0 self_attn\.q_proj F32 +2 +4 +8 '
tiny_model other 3
run "$quantscope" scan other -o q.h5
is "a scan of another model into it: status" "$status" 3
run "$quantscope" snapshot scanned.h5 tiny.h5 --size 80x10
is "another model's metrics beside it: status" "$status" 3
like "another model's metrics beside it: message" "$stderr" 'tiny\.h5: its modules \(2 layers of 2 kinds'

# The authors' tables, read back: every number is the number in the file.
if [ -n "$QS_SHARED" ] && [ -d "$QS_SHARED/reference/metrics" ]; then
    for table in "$QS_SHARED"/reference/metrics/*.csv; do
        model=$(basename "$table" .csv)
        run "$quantscope" import "$table" -o "$model.h5"
        is "$model: status" "$status" 0
        like "$model: summary" "$(printf '%s' "$stderr" | tr -d ,)" "^quantscope: imported $model: fnorm.* 12 rungs from $(($(wc -l <"$table") - 1)) rows"
        "$quantscope" show "$model.h5" --metric all --config all --format csv |
            awk -F, 'NR > 1 { printf "%s,%s,%s,%s,%.17g\n", $1, $2, $3, $4, $8 }' | sort >shown
        # Sensitivity once a module, at b4g64; kurtosis once a module.
        awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
            { key = $at["layer"] "," $at["module"]; rung = "b" $at["nbit1"] "g" $at["gsize1"]
              printf "%s,fnorm,%s,%.17g\n", key, rung, $at["fnorm"]
              if (rung == "b4g64" && "kurtosis" in at) printf "%s,kurtosis,,%.17g\n", key, $at["kurtosis"]
              if (rung == "b4g64" && "sensitivity" in at) printf "%s,sensitivity,b4g64,%.17g\n", key, $at["sensitivity"]
            }' "$table" | sort >wanted
        ok "$model: $(wc -l <wanted | tr -d ' ') numbers, bit for bit" cmp shown wanted
    done
    run "$quantscope" detect Llama-2-7b-hf.h5 --metric sensitivity --format csv
    is "Llama-2-7b-hf: sensitive layers" "$(printf '%s\n' "$stdout" | sed 1d | cut -d, -f1,2 | tr '\n' ' ')" \
        "self_attn.q_proj,31 self_attn.q_proj,2 self_attn.k_proj,31 self_attn.k_proj,2 self_attn.v_proj,31 self_attn.v_proj,2 self_attn.o_proj,1 mlp.gate_proj,1 mlp.gate_proj,2 mlp.gate_proj,3 mlp.up_proj,1 mlp.up_proj,2 mlp.up_proj,3 mlp.down_proj,1 mlp.down_proj,30 "
    run "$quantscope" snapshot Llama-2-7b-hf.h5 Meta-Llama-3-8B.h5 --size 80x24
    is "two models of as many layers and kinds: status" "$status" 3
    like "two models of as many layers and kinds: message" "$stderr" 'Meta-Llama-3-8B\.h5: is the cache of another model: layer 0 self_attn\.k_proj of Meta-Llama-3-8B is 4194304 weights, that of Llama-2-7b-hf 16777216 weights'
    run "$quantscope" import "$QS_SHARED/reference/metrics/Meta-Llama-3-8B.csv" -o Llama-2-7b-hf.h5
    is "one model's metrics into another's cache: status" "$status" 3
else
    skip "the authors' tables, read back bit for bit" "there is no reference data: set QS_SHARED"
fi
finish
