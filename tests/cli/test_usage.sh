# Commands and options in general: help, version, wrong usage, exit statuses, standard output that cannot be written.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/cli/lib.sh"

commands='open inspect tokenize scan import show detect snapshot wtl completion help'

run "$quantscope" --version
is "--version: status" "$status" 0
like "--version: stdout" "$stdout" '^quantscope [0-9]+\.[0-9]+'
is "--version: stderr" "$stderr" ""
run "$quantscope" --help
is "--help: status" "$status" 0
is "--help: stderr" "$stderr" ""
general=$stdout
for command in $commands; do
    like "--help names $command" "$general" "^  $command "
    run "$quantscope" "$command" --help
    is "$command --help: status" "$status" 0
    is "$command --help: stderr" "$stderr" ""
    like "$command --help: its synopsis" "$stdout" "^Usage: quantscope $command "
    is "$command --help: lines of at most 80 columns" "$(printf '%s\n' "$stdout" | grep -E '^.{81}')" ""
    help=$stdout
    run "$quantscope" help "$command"
    is "help $command says the same" "$stdout" "$help"
    run "$quantscope" "$command" --version
    like "$command --version" "$stdout" '^quantscope [0-9]'
done
run "$quantscope" help
is "help alone is --help" "$stdout" "$general"
run "$quantscope" -h
is "-h is --help" "$stdout" "$general"
run "$quantscope" --no-such-thing-first --help
is "what stands before --help is still checked" "$status" 2
run "$quantscope" show --help --no-such-thing
is "what stands behind --help is not" "$status" 0

# usage NAME PATTERN ARGUMENT...: status 2, nothing on standard output, the message, and where help is.
usage() {
    name=$1
    pattern=$2
    shift 2
    run "$quantscope" "$@"
    is "$name: status" "$status" 2
    is "$name: stdout" "$stdout" ""
    like "$name: message" "$stderr" "^quantscope: .*$pattern"
}
usage "unknown command" 'inspct: is neither a command nor an existing file; did you mean inspect\?' inspct
usage "unknown word without anything near" 'xyzzy: is neither a command nor an existing file$' xyzzy
usage "unknown option" 'scan: unknown option --quit; did you mean --quiet\?' scan --quit
usage "an import without a cache" 'import: name the cache to make or extend: -o CACHE' import some.csv
usage "an import of nothing" 'import: needs an argument: FILE\.\.\.' import -o some.h5
usage "a ladder that is to come" 'scan: --ladder gguf: the ladder of GGUF types is not available yet' scan demo --ladder gguf
usage "no rung" "scan: --ladder: 'b4g63' is no rung" scan demo --ladder b4g64,b4g63
usage "no quantizer" 'scan: --quantizer hqqq: is none of hqq, rtn, nf4; did you mean hqq\?' scan demo --quantizer rtn,hqqq
usage "errors and no errors" 'scan: --no-error leaves out what' scan demo --no-error --quantizer rtn
usage "nf4 down columns" 'scan: .* nf4 .*axis 1 only' scan demo --quantizer nf4 --axis 0
usage "nf4 without 4 bits" 'scan: nf4 has 4 bits' scan demo --quantizer nf4 --ladder b3g64
usage "no such axis" 'scan: --axis 2: is no whole number from 0 to 1' scan demo --axis 2
usage "lp-norm out of range" 'scan: lp-norm is 0' scan demo --lp-norm 0
usage "growth out of range" 'scan: beta 10 growing by 0\.5' scan demo --beta-growth 0.5
usage "too many steps" 'scan: --iters 1000: is no whole number from 0 to' scan demo --iters 1000
usage "a rung of a statistic" 'show: --config, .*name one with --metric' show demo --config b4g64
usage "a rung of a statistic, detect" 'detect: --config, .*name one with --metric' detect demo --config b4g64
usage "one rung" 'detect: --config b4g64,b3g64: takes one rung' detect demo --metric fnorm --config b4g64,b3g64
usage "no rung of show" "show: --config: 'q4' is no rung" show demo --metric fnorm --config q4
usage "several rungs of several kinds" 'show: --plot draws several rungs of one module kind' \
    show demo --metric fnorm --plot --config b2g64,b4g64
usage "the steps of rtn" 'steps: only hqq takes steps' show demo --metric steps --quantizer rtn
usage "unknown letter" 'scan: unknown option -x' scan -x
usage "another command's option" 'inspect: --plot is no option of this command, but of: show' inspect --plot
usage "option without its value" 'show: --metric needs a NAME' show --metric
usage "empty value" 'show: --metric: the NAME is empty' show --metric=
usage "flag with a value" 'show: --plot takes no value' show --plot=yes
usage "unknown format" 'show: --format jsn: is none of text, csv, json; did you mean json\?' show --format jsn
usage "too many arguments" 'inspect: too many arguments, from b on' inspect a b
usage "an empty argument" 'inspect: an argument is empty' inspect ''
usage "no threads" '--threads 0: is no whole number from 1 to 1024' scan --threads 0
usage "negative threads" '--threads -1: is no whole number' scan --threads -1
usage "threads that are no number" '--threads many: is no whole number' scan --threads=many
usage "too many threads" '--threads 99999999999999999999: is no whole number' scan --threads 99999999999999999999
usage "a size that is none" '--size 80: is no size such as 80x24' show --plot --size 80
usage "a side of nothing" '--size 0x24: is no size' show --plot --size 0x24
usage "a side beyond reason" '--size 80x100000: is no size' show --plot --size 80x100000
usage "z that is no number" 'detect: --z high: is no number' detect --z high
usage "z that is not finite" 'detect: --z nan: is no number' detect --z nan
usage "unknown shell" 'completion: zsh: is no shell' completion zsh
usage "completion for nothing" 'completion: needs an argument: bash' completion
usage "help for no command" 'shw: is no command; did you mean show\?' help shw
run "$quantscope" show --metrc x
like "where help is" "$stderr" '^Try `quantscope show --help`\.$'

# Spellings.
run "$quantscope" completion --threads 2 --quiet bash
is "options before arguments" "$status" 0
run "$quantscope" --threads=2 -q completion bash
is "options before the command" "$status" 0
run "$quantscope" COMPLETION BASH
is "upper case" "$status" 0
run "$quantscope" completion -- bash
is "-- ends the options" "$status" 0
run "$quantscope" completion bash
is "completion: stderr" "$stderr" ""
printf '%s\n' "$stdout" >script
ok "the installed completion is what the program prints" cmp -s script "$QS_SRCDIR/data/completions/quantscope"
if command -v bash >/dev/null; then
    ok "bash reads it" bash -n script
    # WORDS...: what bash would offer for the last word.
    offers() {
        bash -c '. ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _quantscope; printf "%s\n" "${COMPREPLY[@]}"' \
            bash quantscope "$@" 2>/dev/null
    }
    is "completes commands" "$(offers ins)" inspect
    is "completes options" "$(offers show --gl)" --glyphs
    is "completes choices" "$(offers show --format '')" "$(printf 'text\ncsv\njson')"
    is "completes choices behind =" "$(offers show --format = c)" csv
    like "completes metrics" "$(offers detect --metric k)" '^kurtosis$'
    is "completes views" "$(offers snapshot --view de)" detect
    mkdir -p somewhere/model
    is "completes files" "$(offers scan some)" somewhere
else
    skip "bash reads the completion" "there is no bash"
fi

# Standard output.
if [ -w /dev/full ]; then
    run sh -c '"$0" --help >/dev/full' "$quantscope"
    is "a full disk: status" "$status" 1
    like "a full disk: message" "$stderr" '^quantscope: standard output: cannot write: .+'
else
    skip "a full disk" "there is no /dev/full"
fi
run sh -c '"$0" --help >&-' "$quantscope"
is "standard output closed: status" "$status" 1
like "standard output closed: message" "$stderr" 'standard output: cannot write'
run sh -c '{ "$0" --help; echo $? >status; } | true' "$quantscope"
run sh -c '{ "$0" inspect --tensors --format json demo; echo $? >status; } | head -n 1' "$quantscope"
is "head: first line" "$stdout" "["
is "head: no complaint" "$stderr" ""
is "head: status" "$(cat status)" 0
finish
