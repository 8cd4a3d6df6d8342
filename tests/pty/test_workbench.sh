# The program itself in a terminal: the bundled model, from the command line to the last screen.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/pty/tmux.sh"

if ! have_tmux; then
    skip "quantscope in a terminal" "tmux is not installed"
    finish
fi
trap close_terminal EXIT
pid_of() {
    pgrep -P "$(terminal display-message -p '#{pane_pid}')" -f quantscope | head -n 1
}

# A copy without a cache, so that the scan runs and results have a place beside the model.
model=$QS_TMP/model
mkdir "$model"
for file in config.json model.safetensors tokenizer.json tokenizer_config.json; do
    ln -s "$demo/$file" "$model/$file"
done
open_terminal 80x24

begin_alone "$quantscope open '$model'"
wait_for "the curves of the model" '\[3 Curves\]'
wait_for "the scan comes to its end" '168 modules *$|scan finished'
type 'L' 'l'
wait_for "the axis is logarithmic, the crosshair moves" 'kurtosis \(log\)'
type 2
wait_for "the table of modules" 'self_attn.q_proj'
type ':' 'sort kurtosis' Enter
wait_for "sorted" 'kurtosis↓'
type Enter
wait_for "and back to the curve of the largest" '\[3 Curves\]'
type 4
wait_for "the sensitive layers" 'sensitive layers by kurtosis'
terminal resize-window -x 132 -y 43
wait_for "it follows the terminal's size" 'Command *$'
type C-z
wait_for "^Z gives the shell back" 'Stopped|suspended'
type 'fg' Enter
wait_for "fg brings it back" '\[4 Detect\]'
type q
wait_end "q" 0 later
ok "what was scanned is kept beside the model" test -s "$model/quantscope.h5"

begin "$quantscope '$model'"
wait_for "a second time nothing is missing" '168 modules *$'
type 6
wait_for "a plan of it" '\[6 Plan\]'
type K Enter
wait_for "the plan is kept" '1 plan unsaved'
type q
wait_for "leaving asks" 'saved nowhere\? y or n'
type n
type S
wait_for "it is stored instead" 'kurtboost_b3g128 is in '
type q
wait_end "a second time" 0

begin "$quantscope '$model'"
wait_for "a third time" '168 modules *$'
type 7
wait_for "the stored plan is there" 'a kurtboost_b3g128 '
type q
wait_end "a third time" 0

begin "$quantscope open '$model'"
wait_for "SIGTERM: it runs" '\[3 Curves\]'
kill -s TERM "$(pid_of)"
wait_end "SIGTERM" 130

begin_alone "$quantscope open '$model'"
wait_for "SIGTERM while stopped: it runs" '\[3 Curves\]'
stopped=$(pid_of)
type C-z
wait_for "SIGTERM while stopped: it is stopped" 'Stopped|suspended'
kill -s TERM "$stopped"
type 'fg' Enter
wait_for "SIGTERM while stopped: fg lets it end" 'ended by a signal'
wait_end "SIGTERM while stopped" 130 later

begin "$quantscope open '$model/absent'"
wait_end "a model that is not there" 3
finish
