# Rooms include only what they may use, and only one room talks to HDF5 and one to curses.
. "$QS_SRCDIR/tests/lib.sh"

# ROOM: the rooms it may include from, besides itself.
may_use() {
    case $1 in
    base) echo ;;
    kernel) echo base ;;
    model) echo base kernel ;;
    stats | quant) echo base kernel model ;;
    infer) echo base kernel model quant ;;
    cache | plan) echo base ;;
    commit) echo base kernel model quant plan cache ;;
    session) echo base kernel model stats quant infer cache plan commit ;;
    plot) echo base ;;
    tui) echo base plan plot session ;;
    term) echo base plot tui ;;
    cli) echo base kernel model stats quant infer cache plan commit session plot tui term ;;
    *) return 1 ;;
    esac
}

# Plain data that any room above its own may name: descriptions, without anything that reads a file or a weight.
plain_data='model/info.h quant/rung.h quant/ladder.h quant/quantizer.h'

cd "$QS_SRCDIR/src" || exit 1
rooms=$(ls -d */ | tr -d /)
for room in $rooms; do
    allowed=$(may_use "$room") || { tap 1 "$room is a room that the table knows"; continue; }
    bad=$(grep -Hno '^ *# *include "[^"]*"' "$room"/*.c "$room"/*.h 2>/dev/null | sed 's/# *include "\(.*\)"/\1/' |
        while IFS=: read -r file line header; do
            header=$(echo "$header" | tr -d ' ')
            from=${header%%/*}
            case " $room $allowed " in *" $from "*) continue ;; esac
            case " $plain_data " in *" $header "*) continue ;; esac
            echo "src/$file:$line includes $header"
        done)
    is "src/$room includes only what it may" "$bad" ""
done
is "only src/cache includes hdf5" "$(grep -lE '# *include <hdf5' -r . | grep -v '^\./cache/' | head)" ""
is "only src/infer includes cblas" "$(grep -lE '# *include <cblas' -r . | grep -v '^\./infer/' | head)" ""
is "only src/term includes curses" "$(grep -lE '# *include <n?curses' -r . | grep -v '^\./term/' | head)" ""
is "nothing below src/cli and src/term prints or exits" "$(grep -nE '\b(printf|puts|putchar|perror|exit|abort|assert)\(' \
    -r --include='*.c' base kernel model stats cache plan session plot tui quant infer commit 2>/dev/null | head)" ""
finish
