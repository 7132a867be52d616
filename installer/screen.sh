# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A screen where there is none (Xvfb, with a cookie so that no other user looks on), and the check of what was pictured on it.
# Sourced after say.sh and session.sh; a screen belongs to a session that was entered.

SCREEN_PID=
screen_start() {
    local dir number cookie i
    scratch dir screen
    cookie=$(openssl rand -hex 16)
    xauth -q -f "$dir/auth" add :0 . "$cookie" 2>/dev/null
    exec {SCREEN_FD}>"$dir/number"
    Xvfb -displayfd "$SCREEN_FD" -screen 0 1920x1200x24 -nolisten tcp -noreset -auth "$dir/auth" >"$dir/log" 2>&1 </dev/null \
        {SESSION_USERS_FD}>&- &
    SCREEN_PID=$!
    exec {SCREEN_FD}>&-
    for ((i = 0; i < 200; i++)); do
        number=$(cat "$dir/number")
        [ -z "$number" ] || break
        kill -0 "$SCREEN_PID" 2>/dev/null || break
        sleep 0.05
    done
    [ -n "$number" ] || { say "Xvfb did not start:"; tail -n 5 "$dir/log" >&2; return 1; }
    xauth -q -f "$dir/auth" add ":$number" . "$cookie" 2>/dev/null
    export DISPLAY=:$number XAUTHORITY=$dir/auth QT_QPA_PLATFORM=xcb
    unset WAYLAND_DISPLAY
}
screen_stop() {
    [ -n "$SCREEN_PID" ] || return 0
    kill "$SCREEN_PID" 2>/dev/null || true
    wait "$SCREEN_PID" 2>/dev/null || true
    SCREEN_PID=
}

# png_size FILE: its width and height, or nothing where it is no PNG.
png_size() {
    [ "$(head -c 8 "$1" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] || return 1
    od -An -tu1 -j16 -N8 "$1" | awk '{ print (($1 * 256 + $2) * 256 + $3) * 256 + $4, (($5 * 256 + $6) * 256 + $7) * 256 + $8 }'
}

# listed_panes: the ids in the one file that lists the panes.
listed_panes() { sed -nE 's/^ *\{QStringLiteral\("([a-z]+)"\), *QStringLiteral\(.*/\1/p' "$HOWDAH_ROOT/ui/shell/allpanes.cpp" 2>/dev/null || true; }

# check_pictures DIR STAMP PANE…: newer than STAMP, each of these panes and whatever else was pictured, in light and dark and both sizes, of
# the size in the name and with something on it.
check_pictures() {
    local dir=$1 stamp=$2 pane theme size file panes bad=0 count=0
    shift 2
    panes=$({
        printf '%s\n' "$@"
        find "$dir" -maxdepth 1 -name '*-*-*x*.png' -newer "$stamp" -printf '%f\n' | sed -E 's/-(light|dark)-[0-9]+x[0-9]+\.png$//'
    } | sed '/^$/d' | sort -u)
    [ -n "$panes" ] || { say "No picture in $dir"; return 1; }
    for pane in $panes; do
        for theme in light dark; do
            for size in 1600x1000 1100x700; do
                file=$dir/$pane-$theme-$size.png
                if ! [ -f "$file" ] || ! [ "$file" -nt "$stamp" ]; then
                    say "Missing: $file"
                elif [ "$(png_size "$file")" != "${size%x*} ${size#*x}" ]; then
                    say "Not $size: $file"
                elif [ "$(stat -c %s "$file")" -lt 6000 ]; then
                    say "Nothing on it: $file"
                else
                    count=$((count + 1))
                    continue
                fi
                bad=1
            done
        done
    done
    say "$count pictures in $dir: $(tr '\n' ' ' <<<"$panes")"
    return "$bad"
}
