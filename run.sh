#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
HOWDAH_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=installer/say.sh
. "$HOWDAH_ROOT/installer/say.sh"
# shellcheck source=installer/build.sh
. "$HOWDAH_ROOT/installer/build.sh"
# shellcheck source=installer/session.sh
. "$HOWDAH_ROOT/installer/session.sh"
# shellcheck source=installer/screen.sh
. "$HOWDAH_ROOT/installer/screen.sh"

usage() {
    cat <<'TEXT'
Usage: ./run.sh [--screenshots DIR | --in-session COMMAND…]

Without arguments: installs what is missing, builds Howdah (build/release), brings its PostgreSQL 18 stack up in Docker (where
there is no Docker, as a private local cluster) and opens the window on it. A second time it takes seconds.

  --screenshots DIR     the same on a screen of its own (Xvfb) and in a private session: drives the window through every pane and
                        saves SCENE-THEME-WxH.png for 1600x1000 and 1100x700, light and dark. Without a display this is what
                        ./run.sh does, into build/screenshots.
  --in-session COMMAND… runs COMMAND with Howdah's programs in its PATH, inside a private D-Bus session with an unlocked test
                        keyring, both kept in build/session. Only COMMAND writes to standard output; its exit code is this one's.

It changes the machine in these ways: packages (installer/packages.txt) by apt-get, with sudo where it is not root; compose v2 where
the distribution has none; Docker's engine is started where no init does it, and left up.
TEXT
}

APP=$HOWDAH_ROOT/build/release/app
STARTED=$(now_ms)
LOAD_PID=
SERVE_PID=
finish() {
    local rc=$? pid
    trap - EXIT INT TERM HUP
    for pid in $LOAD_PID $SERVE_PID; do
        kill -TERM "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    screen_stop
    session_leave
    drop_scratch
    exit "$rc"
}
stop_on_signals() {
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}
trap finish EXIT
stop_on_signals

# make_ready: packages, engine, programs.
make_ready() {
    "$HOWDAH_ROOT/installer/setup.sh" run >&2
    build_preset release howdah howdahctl howdah-bench
}

# child COMMAND…: as run_child; afterwards signals end this script again.
child() {
    local rc=0
    run_child "$@" || rc=$?
    stop_on_signals
    return "$rc"
}

# stack_up: the window falls back by itself; what it would need for that is made ready where there is no Docker.
stack_up() {
    if ! timeout 10 docker info >/dev/null 2>&1 && ! [ -x /usr/lib/postgresql/18/bin/postgres ]; then
        say "No Docker: the stack will be a private local cluster"
        "$HOWDAH_ROOT/installer/setup.sh" servers 18 || die "No Docker, and no PostgreSQL 18 for a local cluster: install Docker, or postgresql-18"
        export HOWDAH_PG_BIN=$HOWDAH_ROOT/build/pg/18/bin
    fi
    step "The stack is up" child howdahctl stack up --next-port
}

# serve_health: http://localhost:5210/health answers as long as this runs; beyond it `howdahctl serve --install` does. Where the port is taken
# (by that, most likely) whoever has it keeps it, and serve says so.
serve_health() {
    (
        [ -z "$SESSION_USERS_FD" ] || exec {SESSION_USERS_FD}>&-
        exec env --default-signal=INT,QUIT howdahctl serve </dev/null >/dev/null
    ) &
    SERVE_PID=$!
}

private_session() {
    session_enter || die "No private session"
}

pictures() {
    local dir=$1 stamp
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    private_session
    step "A screen of its own" screen_start
    stack_up
    # Something to see: a year of data, and a light workload while the pictures are taken.
    step "The demo's data is there" child howdahctl stack demo
    env --default-signal=INT,QUIT howdahctl stack demo --load 120 >"$SESSION/load.log" 2>&1 </dev/null {SESSION_USERS_FD}>&- &
    LOAD_PID=$!
    scratch stamp stamp
    step "Pictures of every pane" child timeout 300 howdah --screenshots "$dir"
    # shellcheck disable=SC2046 # one word each
    check_pictures "$dir" "$stamp" $(listed_panes)
    say "Done in $(since "$STARTED")"
}

window() {
    if [ -z "${DBUS_SESSION_BUS_ADDRESS:-}" ] && ! [ -S "${XDG_RUNTIME_DIR:-/nonexistent}/bus" ]; then
        say "No session bus here, so no keyring: using a private session (build/session), whose keyring is for trying things out"
        private_session
    fi
    stack_up
    serve_health
    say "Ready in $(since "$STARTED"); the window opens"
    child howdah
}

case ${1:-} in
    -h | --help)
        usage
        exit 0
        ;;
    --in-session)
        shift
        [ $# -gt 0 ] || { usage >&2; exit 2; }
        if ! [ -x "$APP/howdahctl" ] || ! command -v dbus-daemon >/dev/null || ! command -v gnome-keyring-daemon >/dev/null; then
            make_ready
        fi
        # A benchmark needs its peers and its servers, which only the tests' set-up brings.
        [ "$1" != howdah-bench ] || "$HOWDAH_ROOT/installer/setup.sh" test >&2
        export PATH=$APP:$PATH
        if [ "${HOWDAH_SESSION:-}" = "$SESSION" ]; then
            trap - EXIT INT TERM HUP
            exec "$@"
        fi
        private_session
        child "$@"
        ;;
    --screenshots)
        [ $# -eq 2 ] || { usage >&2; exit 2; }
        make_ready
        export PATH=$APP:$PATH
        pictures "$2"
        ;;
    '')
        make_ready
        export PATH=$APP:$PATH
        if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
            say "No display here: instead of opening the window, its pictures go to build/screenshots"
            pictures "$HOWDAH_ROOT/build/screenshots"
        else
            window
        fi
        ;;
    *)
        usage >&2
        exit 2
        ;;
esac
