# What only a real terminal shows, over a made-up session: modes, signals, crashes, stderr, colours, locales.
. "$QS_SRCDIR/tests/lib.sh"
. "$QS_SRCDIR/tests/pty/tmux.sh"

if ! have_tmux; then
    skip "the workbench in a terminal" "tmux is not installed"
    finish
fi
trap close_terminal EXIT
workbench=$QS_BUILDDIR/tests/pty/workbench
pid_of() {
    pgrep -P "$(terminal display-message -p '#{pane_pid}')" -f workbench | head -n 1
}

open_terminal 80x24

begin_alone "$workbench"
wait_for "the first screen" '\[3 Curves\]'
type l l
wait_for "a key moves the crosshair" '^layer 2 q_proj'
type 2
wait_for "a digit shows a view" '\[2 Layers\]'
type F4
wait_for "so does a function key" '\[4 Detect\]'
type -l "$(printf '\033[<0;5;1M')"
wait_for "so does a click" '\[1 Overview\]'
type 3
terminal resize-window -x 120 -y 30
wait_for "it follows the terminal's size" '^\? Help.*Rung'
terminal resize-window -x 30 -y 5
wait_for "down to a small one" '^\? Help  q Quit  Tab Kind *$'
terminal resize-window -x 80 -y 24
wait_for "and back" 'Sensitive where'
type ? Escape
wait_for "Esc leaves help" '\[3 Curves\]'
type C-z
wait_for "^Z gives the shell back" 'Stopped|suspended'
type 'fg' Enter
wait_for "fg brings it back" '\[3 Curves\]'
type l
wait_for "and it goes on" '^layer 3 q_proj'
type q
wait_end "q" 0 later

begin_alone "sh -c '$workbench; exit \$?'"
wait_for "under a script" '\[3 Curves\]'
type C-z
wait_for "^Z stops the script too" 'Stopped|suspended'
type 'fg' Enter
wait_for "and fg continues both" '\[3 Curves\]'
type q
wait_end "under a script" 0 later

for signal in TERM INT HUP; do
    begin "$workbench"
    wait_for "SIG$signal: it runs" '\[3 Curves\]'
    kill -s $signal "$(pid_of)"
    wait_end "SIG$signal" 130
done

segv=139
grep -q __asan_init "$workbench" && segv=1 # the sanitizer reports a fault and exits
begin "$workbench"
wait_for "SIGSEGV: it runs" '\[3 Curves\]'
kill -s SEGV "$(pid_of)"
wait_end "SIGSEGV" $segv
begin "$workbench"
wait_for "SIGABRT: it runs" '\[3 Curves\]'
kill -s ABRT "$(pid_of)"
wait_end "SIGABRT" 134

begin "$workbench noisy"
wait_for "stderr: it runs" '\[3 Curves\]'
type '!'
wait_for "what is written to stderr stands in the log" '^ noise 3'
is "and nowhere else" "$(screen | grep -c '^noise')" 0
type q
wait_end "stderr" 0
wait_for "stderr: it is written out at the end" '^noise [0-9]'

begin "NO_COLOR=1 $workbench"
wait_for "NO_COLOR: it runs" '\[3 Curves\]'
is "NO_COLOR: no colour" "$(terminal capture-pane -p -e | grep -c "$(printf '\033')\\[[0-9;]*3[0-8]")" 0
type q
wait_end "NO_COLOR" 0

begin "LC_ALL=C $workbench"
wait_for "ASCII: it runs" '\[3 Curves\]'
is "ASCII: nothing else" "$(screen | LC_ALL=C grep -c '[^ -~]')" 0
type q
wait_end "ASCII" 0

begin "TERM=vt100 $workbench"
wait_for "vt100: it runs" '\[3 Curves\]'
type q
wait_end "vt100" 0

begin "TERM=dumb $workbench"
wait_end "TERM=dumb" 1
wait_for "TERM=dumb: it says why" 'cannot move its cursor'
begin "TERM=no-such-terminal $workbench"
wait_end "an unknown TERM" 1
wait_for "an unknown TERM: it says why" 'not known here'
begin "TERM= $workbench"
wait_end "no TERM" 1
begin "$workbench </dev/null"
wait_end "no terminal" 1
wait_for "no terminal: it says what to do" 'needs a terminal for input and output'

begin "$workbench"
wait_for "hang-up: it runs" '\[3 Curves\]'
pid=$(pid_of)
close_terminal
gone() {
    ! kill -0 "$pid" 2>/dev/null
}
patience=5
wait_until "it ends when its terminal goes" gone
finish
