# tokenize: what is printed, how control tokens are taken, and models without a tokenizer that serves.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/cli/lib.sh"

# NAME TEXT WANTED [OPTION...]: the ids of a text, which printf writes, by the bundled model's tokenizer. What is wanted
# was read off with Hugging Face's tokenizers 0.23.
tokens() {
    name=$1
    wanted=$3
    printf "$2" >text
    shift 3
    run "$quantscope" tokenize demo --text text "$@"
    is "$name: status" "$status" 0
    is "$name: ids" "$stdout" "$wanted"
}
tokens "a sentence" 'Call me Ishmael.' '1 405 364 403 317 906 1995 1984 556 2004'
is "a sentence: stderr" "$stderr" ""
run sh -c '"$0" tokenize demo --text - <text' "$quantscope"
is "from standard input" "$stdout" '1 405 364 403 317 906 1995 1984 556 2004'
tokens "without BOS" 'Call me Ishmael.' '405 364 403 317 906 1995 1984 556 2004' --no-bos
tokens "an empty text" '' ''
is "an empty text: an empty line" "$(wc -c <"$QS_TMP/stdout" | tr -d ' ')" 1
tokens "an empty text, without BOS" '' '' --no-bos
tokens "a newline" '\n' '1 1981 13'
tokens "a NUL" '\000' '1 1981 3'
tokens "bytes and blanks" 'a\303\251\360\237\230\200  b' '1 261 198 172 243 162 155 131 1981 271'
run sh -c '"$0" tokenize --text - <text' "$quantscope"
is "without a model: the bundled one" "$status" 0

tokens "control tokens are text" 'a</s>a' '1 261 63 50 1988 65 1984'
tokens "control tokens are parsed" 'a</s>a' '1 261 2 261' --parse-special
tokens "a control token alone" '</s>' 2 --no-bos --parse-special

printf 'a\377b' >bytes
run "$quantscope" tokenize demo --text bytes --no-bos
is "not UTF-8: status" "$status" 0
like "not UTF-8: the byte's token" " $stdout " ' 258 '
like "not UTF-8: a warning" "$stderr" '^quantscope: warning: bytes: byte 1: is no UTF-8'

run "$quantscope" tokenize demo
is "no text: status" "$status" 2
like "no text: message" "$stderr" '^quantscope: tokenize: which text\?'
run "$quantscope" tokenize demo --text missing.txt
is "missing text: status" "$status" 3
like "missing text: message" "$stderr" '^quantscope: missing\.txt: '

# bad NAME PATTERN MODEL
bad() {
    run "$quantscope" tokenize "$3" --text text
    is "$1: status" "$status" 3
    is "$1: stdout" "$stdout" ""
    like "$1: message" "$stderr" "^quantscope: $2"
    is "$1: one line" "$(printf '%s\n' "$stderr" | wc -l | tr -d ' ')" 1
}
# FOLDER: makes a model with the tokenizer.json on standard input.
with_tokenizer() {
    mkdir -p "$1"
    cat >"$1/tokenizer.json"
}
bad "no such model" 'nowhere: ' nowhere
tiny_model tiny 1
bad "no tokenizer" 'tiny: has no tokenizer\.json$' tiny
bad "no tokenizer beside the weights" 'tiny: has no tokenizer\.json$' tiny/model.safetensors
: >tiny/tokenizer.model
bad "SentencePiece's file" 'tiny: has no tokenizer\.json, only tokenizer\.model, which is not supported' tiny
bad "no model" 'text: is no model with a tokenizer' text
head -c 20000 "$demo/tokenizer.json" | with_tokenizer cut
bad "damaged" 'cut/tokenizer\.json: byte [0-9]+: not valid JSON' cut
echo '{"model": {"type": "Unigram", "vocab": [["a", 0.5]]}}' | with_tokenizer unigram
bad "another model" 'unigram/tokenizer\.json: model\.type: Unigram is not supported; BPE is' unigram
echo '{"model": {"type": "WordPiece", "vocab": {"a": 0}}}' | with_tokenizer wordpiece
bad "yet another" 'wordpiece/tokenizer\.json: model\.type: WordPiece is not supported' wordpiece
bpe='"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}'
echo "{$bpe}" | with_tokenizer small
run sh -c 'printf abaa | "$0" tokenize small --text -' "$quantscope"
is "a small vocabulary" "$stdout" "2 0 0"
run sh -c 'printf abc | "$0" tokenize small --text -' "$quantscope"
is "a character without a token: status" "$status" 3
like "a character without a token: message" "$stderr" 'no token for the byte 0x63'
echo "{$bpe, \"normalizer\": {\"type\": \"NFKC\"}}" | with_tokenizer nfkc
bad "an unknown normalizer" 'nfkc/tokenizer\.json: normalizer: NFKC.* not supported' nfkc
echo "{$bpe, \"pre_tokenizer\": {\"type\": \"Whitespace\"}}" | with_tokenizer white
bad "an unknown pre-tokenizer" 'white/tokenizer\.json: pre_tokenizer: Whitespace is not supported' white
echo "{$bpe, \"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"(\"}, \"behavior\": \"Isolated\"}}" |
    with_tokenizer regex
bad "a bad pattern" 'regex/tokenizer\.json: pre_tokenizer: the pattern \( is not supported' regex
echo "{$bpe, \"post_processor\": {\"type\": \"BertProcessing\"}}" | with_tokenizer bert
bad "an unknown post-processor" 'bert/tokenizer\.json: post_processor: BertProcessing is not supported' bert
echo '{"model": {"type": "BPE", "vocab": {"a": 4294967296}, "merges": []}}' | with_tokenizer far
bad "an id beyond any vocabulary" 'far/tokenizer\.json: model\.vocab: the id of "a"' far
echo '{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a c"]}}' | with_tokenizer merge
bad "a merge of no tokens" 'merge/tokenizer\.json: model\.merges: item 0 joins or makes what is no token' merge

# GGUF: a header and one key.
{ printf 'GGUF\003\000\000\000'; u64 0; u64 1; u64 20; printf 'tokenizer.ggml.model\010\000\000\000'; u64 4; printf bert; } >bert.gguf
bad "GGUF: another model" 'bert\.gguf: key tokenizer\.ggml\.model: the tokenizer bert is not supported; llama and gpt2 are' bert.gguf
{ printf 'GGUF\003\000\000\000'; u64 0; u64 0; } >none.gguf
bad "GGUF: no tokenizer" 'none\.gguf: key tokenizer\.ggml\.model: is missing' none.gguf
finish
