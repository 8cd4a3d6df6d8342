# What the tests of the command line share: small models made here, and folders that hold the bundled one.

# A folder with the bundled model in it, by links: a cache beside it stays in the test's own folder.
demo_folder() {
    mkdir -p "$1"
    for file in config.json model.safetensors tokenizer.json; do
        ln -sf "$demo/$file" "$1/$file"
    done
}

# What the word demo names: a folder of this test's own, so that tests side by side do not share its cache.
QUANTSCOPE_DATA=$QS_TMP/data
export QUANTSCOPE_DATA
demo_folder "$QUANTSCOPE_DATA/demo"

# A number below 65536 as 8 little-endian bytes.
u64() {
    printf "\\$(printf %03o $(($1 % 256)))\\$(printf %03o $(($1 / 256)))\\000\\000\\000\\000\\000\\000"
}

# FOLDER LAYERS: a model of q_proj weights of 2x4 values of float32. Layer i holds 1, i, and six zeros; where `nan` is
# set, layer 0 starts with a NaN.
tiny_model() {
    mkdir -p "$1"
    cat >"$1/config.json" <<EOF
{"architectures": ["TinyForCausalLM"], "model_type": "llama", "num_hidden_layers": $2, "hidden_size": 4,
 "num_attention_heads": 1, "num_key_value_heads": 1, "intermediate_size": 4, "vocab_size": 2}
EOF
    header=
    i=0
    while [ $i -lt "$2" ]; do
        header="$header,\"model.layers.$i.self_attn.q_proj.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],"
        header="$header\"data_offsets\":[$((i * 32)),$((i * 32 + 32))]}"
        i=$((i + 1))
    done
    header="{${header#,}}"
    {
        u64 ${#header}
        printf %s "$header"
        i=0
        while [ $i -lt "$2" ]; do
            if [ $i -eq 0 ] && [ -n "${nan:-}" ]; then
                printf '\000\000\300\177' # NaN
            else
                printf '\000\000\200\077' # 1.0
            fi
            float $i
            head -c 24 /dev/zero
            i=$((i + 1))
        done
    } >"$1/model.safetensors"
}

# A whole number from 0 to 15 as float32.
float() {
    case $1 in
    0) printf '\000\000\000\000' ;;
    1) printf '\000\000\200\077' ;;
    2) printf '\000\000\000\100' ;;
    3) printf '\000\000\100\100' ;;
    4) printf '\000\000\200\100' ;;
    5) printf '\000\000\240\100' ;;
    6) printf '\000\000\300\100' ;;
    7) printf '\000\000\340\100' ;;
    8) printf '\000\000\000\101' ;;
    *) printf '\000\000\020\101' ;; # 9.0
    esac
}

# FILE COLUMN: the values of a column, by its name, of a csv without quoted fields.
column() {
    awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' "$1"
}

# Whether permissions bind this user: root writes into read-only folders.
permissions_bind() {
    mkdir -p "$QS_TMP/readonly-probe"
    chmod a-w "$QS_TMP/readonly-probe"
    ! touch "$QS_TMP/readonly-probe/file" 2>/dev/null
}
