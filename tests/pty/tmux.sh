# A terminal for tests: sourced after tests/lib.sh. Needs tmux; `have_tmux` tells.
#   open_terminal COLSxROWS      a shell in a pane of that size; closed by close_terminal
#   type KEYS...                 as tmux send-keys: names (Enter, C-z) or text
#   screen                       what the pane shows
#   wait_for NAME PATTERN        passes as soon as a line of the screen matches; fails after $patience seconds
#   wait_gone NAME PATTERN       passes as soon as none does
tmux_socket=$QS_TMP/tmux
patience=30

have_tmux() {
    command -v tmux >/dev/null 2>&1
}

terminal() {
    tmux -S "$tmux_socket" -f /dev/null "$@"
}

open_terminal() {
    rm -f "$tmux_socket"
    terminal new-session -d -x "${1%x*}" -y "${1#*x}" "PS1='$ ' ENV= exec sh"
    terminal set-option -g escape-time 0
    type "cd '$QS_TMP'; clear" Enter
}

close_terminal() {
    terminal kill-server 2>/dev/null
}

type() {
    terminal send-keys "$@"
}

screen() {
    terminal capture-pane -p
}

wait_until() { # NAME COMMAND...
    wait_name=$1
    shift
    wait_left=$((patience * 20))
    until "$@"; do
        wait_left=$((wait_left - 1))
        if [ "$wait_left" -le 0 ]; then
            tap 1 "$wait_name"
            screen | sed 's/^/# screen: /'
            return 1
        fi
        sleep 0.05
    done
    tap 0 "$wait_name"
}

shows() {
    screen | grep -Eq -- "$1"
}

shows_not() {
    ! shows "$1"
}

wait_for() {
    wait_until "$1" shows "$2"
}

wait_gone() {
    wait_until "$1" shows_not "$2"
}

# Runs a command in the pane. Its exit status and the terminal's settings before and after it are compared by wait_end.
begin() {
    rm -f "$QS_TMP/before" "$QS_TMP/after" "$QS_TMP/ended"
    type "clear; stty -g >before; $1; echo \$? >ended.new; stty -g >after; mv ended.new ended" Enter
}

# The same for a command that will be stopped: a shell goes on with its list when a command of it stops. So what comes
# after it is typed by wait_end, with `later` as its third argument.
begin_alone() {
    rm -f "$QS_TMP/before" "$QS_TMP/after" "$QS_TMP/ended"
    type "clear; stty -g >before" Enter "$1" Enter
}

has_ended() {
    [ -s "$QS_TMP/ended" ]
}

wait_end() { # NAME STATUS [later]
    if [ -n "${3:-}" ]; then
        wait_for "$1: the shell is back" '^\$ *$'
        type "echo \$? >ended.new; stty -g >after; mv ended.new ended" Enter
    fi
    wait_until "$1: it ends" has_ended || return
    is "$1: exit status" "$(cat "$QS_TMP/ended")" "$2"
    is "$1: the terminal's settings are what they were" "$(cat "$QS_TMP/after")" "$(cat "$QS_TMP/before")"
    is "$1: the normal screen is back" "$(terminal display-message -p '#{alternate_on}')" 0
    is "$1: the cursor is visible" "$(terminal display-message -p '#{cursor_flag}')" 1
    is "$1: the mouse is the terminal's" "$(terminal display-message -p '#{mouse_any_flag}')" 0
}
