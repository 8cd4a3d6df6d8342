# inspect: summary, tensor tables, and files that are no models.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/cli/lib.sh"

run "$quantscope" inspect "$demo"
is "demo: status" "$status" 0
is "demo: stderr" "$stderr" ""
like "demo: name" "$stdout" '^model +demo$'
like "demo: architecture" "$stdout" '^architecture +LlamaForCausalLM$'
like "demo: format" "$stdout" '^format +safetensors$'
like "demo: layers" "$stdout" '^layers +24$'
like "demo: modules" "$stdout" '^modules +168 of 7 kinds$'
like "demo: parameters" "$stdout" '^parameters +[0-9,]+: [0-9,]+ in modules, [0-9,]+ outside$'
like "demo: fingerprint" "$stdout" '^fingerprint +[0-9a-f]{32}$'
like "demo: default cache" "$stdout" '^cache .*data/demo/quantscope\.h5'
like "demo: a kind" "$stdout" '^mlp\.down_proj +24 +[0-9]+ +[0-9]+ +BF16 '
like "demo: embeddings apart" "$stdout" '^embeddings +1 '
like "demo: norms apart" "$stdout" '^norms +49 '
like "demo: types" "$stdout" '^BF16 '
summary=$stdout
run "$quantscope" inspect demo
is "the word demo" "$stdout" "$(printf '%s\n' "$summary" | sed "s|^path .*|$(printf '%s\n' "$stdout" | grep '^path ')|; \
    s|^cache .*|$(printf '%s\n' "$stdout" | grep '^cache ')|")"
run "$quantscope" inspect
like "without an argument: the bundled model" "$stdout" '^model +demo$'
demo_folder here
run sh -c 'cd here && "$0" inspect' "$quantscope"
like "without an argument: the model in this folder" "$stdout" '^path +\.$'
run "$quantscope" inspect here/model.safetensors
is "a single file: status" "$status" 0
like "a single file: its cache" "$stdout" '^cache +here/model\.safetensors\.quantscope\.h5'

run "$quantscope" inspect demo --format csv
is "csv: status" "$status" 0
is "csv: stderr" "$stderr" ""
printf '%s\n' "$stdout" >tensors.csv
is "csv: header" "$(head -n 1 tensors.csv)" "name,layer,module,dtype,rows,cols,params,bytes"
is "csv: every line has eight fields" "$(awk -F, 'NF != 8' tensors.csv)" ""
is "csv: a module" "$(grep '^model.layers.7.self_attn.q_proj.weight,' tensors.csv | cut -d, -f2-4)" "7,self_attn.q_proj,BF16"
is "csv: modules" "$(column tensors.csv module | grep -c .)" 168
is "csv: rows times cols is params, of BF16 twice that is bytes" \
    "$(awk -F, 'NR > 1 && ($5 * $6 != $7 || $7 * 2 != $8)' tensors.csv)" ""
is "csv: parameters add up" "$(printf '%s\n' "$summary" | awk '/^parameters/ { gsub(/[,:]/, ""); print $2 }')" \
    "$(awk -F, '{ s += $7 } END { print s }' tensors.csv)"
run "$quantscope" inspect demo --tensors --format CSV
is "csv: --tensors changes nothing" "$stdout" "$(cat tensors.csv)"
run "$quantscope" inspect demo --tensors
is "tensors as text: as many lines" "$(printf '%s\n' "$stdout" | wc -l | tr -d ' ')" "$(wc -l <tensors.csv | tr -d ' ')"
is "tensors as text: no blanks at ends of lines" "$(printf '%s\n' "$stdout" | grep ' $')" ""
run "$quantscope" inspect demo --format json
is "json: brackets" "$(printf '%s\n' "$stdout" | sed -n '1p;$p')" "$(printf '[\n]')"
is "json: objects" "$(printf '%s\n' "$stdout" | sed '1d;$d' | grep -Evc \
    '^  \{"name": "[^"]+", "layer": ([0-9]+|null), "module": ("[^"]+"|null), "dtype": "[A-Z0-9]+", "rows": [0-9]+, "cols": [0-9]+, "params": [0-9]+, "bytes": [0-9]+\},?$')" 0

# Names that need quotes.
header='{"odd, \"name\"":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"model.layers.0.mlp.up_proj.weight":'
header="$header{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[16,32]}}"
{ u64 ${#header}; printf %s "$header"; head -c 32 /dev/zero; } >odd.safetensors
run "$quantscope" inspect odd.safetensors --format csv
like "csv: quotes" "$stdout" '^"odd, ""name""",,,F32,2,2,4,16$'
run "$quantscope" inspect odd.safetensors --format json
like "json: quotes" "$stdout" '\{"name": "odd, \\"name\\"", "layer": null, "module": null,'

# bad NAME STATUS PATTERN PATH
bad() {
    run "$quantscope" inspect "$4"
    is "$1: status" "$status" "$2"
    is "$1: stdout" "$stdout" ""
    like "$1: message" "$stderr" "^quantscope: .*$3"
    is "$1: one line" "$(printf '%s\n' "$stderr" | wc -l | tr -d ' ')" 1
}
bad "missing" 3 'missing' missing
mkdir -p empty
bad "empty folder" 3 'empty' empty
printf 'This is no model.' >text.safetensors
bad "text" 3 'text\.safetensors' text.safetensors
: >nothing.safetensors
bad "empty file" 3 'nothing\.safetensors' nothing.safetensors
head -c 100000 "$demo/model.safetensors" >short.safetensors
bad "cut short" 3 'short\.safetensors' short.safetensors
{ u64 40; printf '{"a":{"dtype":"F32","shape":[2,2],"data_'; } >header.safetensors
bad "header cut short" 3 'header\.safetensors' header.safetensors
printf '\377\377\377\377\377\377\377\177{}' >huge.safetensors
bad "header of 2^63 bytes" 3 'huge\.safetensors' huge.safetensors
printf 'GGUF\143\000\000\000' >version.gguf
bad "GGUF of an unknown version" 3 'version\.gguf' version.gguf
mkdir -p here/shards
cp "$demo/config.json" here/shards/
printf '{"weight_map": {"model.norm.weight": "model-00001-of-00001.safetensors"}}' >here/shards/model.safetensors.index.json
bad "missing shard" 3 'model-00001-of-00001\.safetensors' here/shards
if permissions_bind; then
    cp text.safetensors secret.safetensors
    chmod 000 secret.safetensors
    bad "not readable" 1 'secret\.safetensors' secret.safetensors
else
    skip "a file that may not be read" "this user may read everything"
fi
finish
