# scan: caches made, extended, refused; interrupted and gone on with; bad values in weights.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/cli/lib.sh"

run "$quantscope" scan "$demo" -o demo.h5
is "status" "$status" 0
is "stdout" "$stdout" ""
# A slow machine shows progress first.
is "stderr is one line" "$(printf '%s\n' "$stderr" | grep -vc '^quantscope: scanning demo: ')" 1
like "summary" "$stderr" \
    '^quantscope: scanned 168 modules, .* at [0-9.]+ [MG]B/s; cache demo\.h5; next: quantscope show demo\.h5 --plot$'
ok "the cache is there" test -s demo.h5
ok "no journal is left" test ! -e demo.h5.journal
is "nothing else is" "$(ls demo.h5*)" demo.h5
run "$quantscope" scan "$demo" -o demo.h5
is "again: status" "$status" 0
like "again: nothing to do" "$stderr" 'nothing to scan, all 168 modules were there already; cache demo\.h5'
run "$quantscope" scan --no-error -q -o quiet.h5 demo
is "quiet: status" "$status" 0
is "quiet: stderr" "$stderr" ""

# Threads change nothing. (The files hold dates, so the numbers are compared.)
run "$quantscope" scan -q --threads 3 -o threads.h5 demo
is "threads: status" "$status" 0
run "$quantscope" show threads.h5 --metric all --format csv
printf '%s\n' "$stdout" >threads.csv
run "$quantscope" show demo.h5 --metric all --format csv
printf '%s\n' "$stdout" >demo.csv
ok "threads: the same numbers" cmp -s threads.csv demo.csv

# Default caches.
demo_folder model
run "$quantscope" scan model
is "default cache: status" "$status" 0
ok "default cache: in the model's folder" test -s model/quantscope.h5
run "$quantscope" scan model/model.safetensors
ok "default cache: beside a single file" test -s model/model.safetensors.quantscope.h5
run sh -c 'cd model && "$0" scan' "$quantscope"
like "without an argument: the model in this folder" "$stderr" 'nothing to scan'
if permissions_bind; then
    demo_folder frozen
    chmod a-w frozen
    run "$quantscope" scan frozen
    is "read-only folder: status" "$status" 0
    is "read-only folder: untouched" "$(ls frozen)" "$(printf 'config.json\nmodel.safetensors\ntokenizer.json')"
    is "read-only folder: a cache elsewhere" "$(ls "$XDG_CACHE_HOME/quantscope" | wc -l | tr -d ' ')" 1
    mkdir -p locked
    chmod a-w locked
    run "$quantscope" scan demo -o locked/cache.h5
    is "a cache in a read-only folder: status" "$status" 1
    like "a cache in a read-only folder: message" "$stderr" '^quantscope: locked/cache\.h5.*: '
else
    skip "read-only folders" "this user may write everywhere"
fi
run "$quantscope" scan demo -o no/such/folder.h5
is "no such folder: status" "$status" 1
like "no such folder: message" "$stderr" '^quantscope: no/such/folder\.h5.*No such file'
is "no such folder: nothing made" "$(ls -d no 2>/dev/null)" ""

# Files that are no caches, and caches of other models.
printf 'precious' >precious.txt
run "$quantscope" scan demo -o precious.txt
is "not a cache: status" "$status" 3
like "not a cache: message" "$stderr" '^quantscope: precious\.txt'
is "not a cache: untouched" "$(cat precious.txt)" precious
tiny_model tiny 6
run "$quantscope" scan tiny -o demo.h5
is "another model's cache: status" "$status" 3
like "another model's cache: message" "$stderr" '^quantscope: demo\.h5'
run "$quantscope" show demo.h5 --metric all --format csv
is "another model's cache: untouched" "$stdout" "$(cat demo.csv)"
run "$quantscope" scan demo.h5
is "a cache where a model is wanted: status" "$status" 2
like "a cache where a model is wanted: message" "$stderr" 'demo\.h5: is a cache; name the model'
run "$quantscope" scan missing
is "missing model: status" "$status" 3
like "missing model: message" "$stderr" '^quantscope: missing'
run "$quantscope" scan missing -o none.h5
ok "missing model: no cache" test ! -e none.h5

# NaN in the weights: counted, told, left out.
nan=yes tiny_model odd 5
run "$quantscope" scan odd -o odd.h5
is "NaN: status" "$status" 0
run "$quantscope" show odd.h5 --metric nan_count,count --format csv
is "NaN: counted" "$(printf '%s\n' "$stdout" | grep -c '^0,self_attn.q_proj,nan_count,,,,,1,$')" 1
is "NaN: left out" "$(printf '%s\n' "$stdout" | grep -c '^0,self_attn.q_proj,count,,,,,7,$')" 1

# Errors: by quantizer, axis and ladder; only what is missing; refused rungs.
run "$quantscope" scan "$demo" -o errors.h5 --no-error
run "$quantscope" show errors.h5 --metric fnorm
is "no errors: status" "$status" 1
is "no errors: how to measure them" "$stderr" "quantscope: errors.h5: holds no fnorm of hqq, axis 1, b4g64; this measures it: quantscope scan MODEL -o errors.h5"
run "$quantscope" scan "$demo" -o errors.h5 --quantizer RTN,nf4 --ladder b4g64,b5g32
is "errors: status" "$status" 0
like "errors: summary" "$stderr" 'scanned 168 modules, in all passes 27\.0 MiB at '
run "$quantscope" scan "$demo" -o errors.h5 --quantizer rtn,nf4 --ladder b4g64,b5g32
like "errors: nothing is measured twice" "$stderr" 'nothing to scan'
run "$quantscope" scan "$demo" -o errors.h5 --quantizer nf4 --ladder b4g64,b4g16
like "errors: a rung more" "$stderr" 'scanned 168 modules, in all passes 9\.00 MiB at '
run "$quantscope" scan "$demo" -o errors.h5 --ladder b4g64 --iters 5
is "errors: other iterations" "$status" 0
run "$quantscope" scan "$demo" -o errors.h5
is "errors: other parameters in one cache: status" "$status" 2
like "errors: other parameters in one cache: message" "$stderr" \
    '^quantscope: errors\.h5: its errors of hqq, axis 1, were made with 5 iterations, .*name another cache with -o$'
run "$quantscope" scan "$demo" -o errors.h5 --axis 0 --ladder b4g64 --beta-growth 1.01
is "errors: another axis has its own" "$status" 0
run "$quantscope" show errors.h5 --metric fnorm --quantizer rtn --config all --format csv
is "errors: rows of two rungs" "$(printf '%s\n' "$stdout" | cut -d, -f3-7 | sort | uniq -c | tr -s ' \n' ' ')" \
    " 168 fnorm,b4g64,,rtn,1 168 fnorm,b5g32,,rtn,1 1 metric,config,dataset,quantizer,axis "
tiny_model small 6
run "$quantscope" scan small -o small.h5
is "no whole groups: status" "$status" 0
like "no whole groups: message" "$stderr" 'warning: .*: layer 0, self_attn\.q_proj: no quantization errors at any rung: its 2 x 4 weights are no whole number of groups'
is "no whole groups: told once" "$(printf '%s\n' "$stderr" | grep -c 'no whole number')" 1
run "$quantscope" show small.h5
is "no whole groups: the statistics are there" "$status" 0
run "$quantscope" show small.h5 --metric fnorm
is "no whole groups: no errors: status" "$status" 1
like "no whole groups: no errors: message" "$stderr" 'no module can have fnorm of hqq, axis 1, b4g64'
run "$quantscope" scan small -o small.h5
like "no whole groups: not tried again" "$stderr" 'nothing to scan'

# Interrupted: a model large enough to be caught at work, of zeros that take no room on disk.
layers=48 bytes=16777216
mkdir -p large
header=
i=0
while [ $i -lt $layers ]; do
    header="$header,\"model.layers.$i.mlp.up_proj.weight\":{\"dtype\":\"F32\",\"shape\":[2048,2048],"
    header="$header\"data_offsets\":[$((i * bytes)),$(((i + 1) * bytes))]}"
    i=$((i + 1))
done
header="{${header#,}}"
{ u64 ${#header}; printf %s "$header"; } >large/model.safetensors
truncate -s $((8 + ${#header} + layers * bytes)) large/model.safetensors
printf '{"architectures": ["L"], "num_hidden_layers": %d}' $layers >large/config.json
"$quantscope" scan --threads 1 large >out 2>err &
pid=$!
# Until a layer is in the journal: it has grown, since it was first seen, by more than a histogram's 2048 bytes.
size() {
    wc -c 2>/dev/null <large/quantscope.h5.journal | tr -d ' '
}
tries=0 began=
while kill -0 $pid 2>/dev/null && [ $tries -lt 3000 ]; do
    now=$(size)
    began=${began:-$now}
    [ "${now:-0}" -le $((${began:-0} + 2048)) ] || break
    tries=$((tries + 1))
    sleep 0.01
done
kill -TERM $pid 2>/dev/null
wait $pid
status=$?
if [ $status -eq 0 ]; then
    skip "interrupted" "the scan was done before the signal came"
else
    is "interrupted: status" $status 130
    is "interrupted: stdout" "$(cat out)" ""
    like "interrupted: message" "$(cat err)" \
        'interrupted after [0-9]+ of 48 modules, which are kept in large/quantscope\.h5; the same command goes on'
    run "$quantscope" show large
    is "interrupted: what is there can be shown" "$status" 0
    like "interrupted: and is told to be a part" "$stderr" 'warning: only [0-9]+ of 48 modules are measured'
    run "$quantscope" scan large
    is "gone on: status" "$status" 0
    like "gone on: from where it was" "$stderr" 'scanned [0-9]+ modules, .*; [1-9][0-9]* were there already'
fi
rm -f large/model.safetensors
finish
