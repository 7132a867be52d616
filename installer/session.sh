# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A private D-Bus session with an unlocked test keyring, for a shell that has neither. Sourced after say.sh.
#
# Its folders lie in build/session, so what one command puts into the keyring the next one finds. All invocations at one time share one
# bus and one keyring daemon. Who is still there is told by locks that the kernel drops with the process, and whether the bus lives by
# asking it: a killed invocation leaves nothing that the next one would believe.
#   lock   taken for the moments of starting and stopping        users  held, shared, by each invocation as long as it runs

SESSION=$HOWDAH_ROOT/build/session
SESSION_WORD=howdah-test-keyring
SESSION_USERS_FD=

# The socket's path may have 107 bytes: a deep checkout gets a short folder of its own elsewhere.
session_runtime() {
    local dir=$SESSION/runtime
    [ "${#dir}" -le 80 ] || dir=/tmp/howdah-$(id -u)-$(printf '%s' "$dir" | cksum | cut -d' ' -f1)
    printf '%s' "$dir"
}

# session_environment: what makes a program belong to this session. HOME stays; the store and the keyring follow XDG.
session_environment() {
    local outer=${XDG_RUNTIME_DIR:-}
    case ${WAYLAND_DISPLAY:-} in
        '' | /*) ;;
        *) [ -z "$outer" ] || export WAYLAND_DISPLAY="$outer/$WAYLAND_DISPLAY" ;;
    esac
    XDG_RUNTIME_DIR=$(session_runtime)
    export XDG_RUNTIME_DIR
    export XDG_DATA_HOME=$SESSION/data XDG_CONFIG_HOME=$SESSION/config XDG_CACHE_HOME=$SESSION/cache XDG_STATE_HOME=$SESSION/state
    export DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus
    export HOWDAH_SESSION=$SESSION
    # QtKeychain chooses by the desktop's name; KDE's wallet isn't on this bus.
    unset XDG_CURRENT_DESKTOP XDG_SESSION_DESKTOP DESKTOP_SESSION KDE_FULL_SESSION KDE_SESSION_VERSION GNOME_KEYRING_CONTROL
}

session_folders() {
    (
        umask 077
        mkdir -p "$SESSION" "$XDG_RUNTIME_DIR" "$XDG_DATA_HOME/keyrings" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME" "$XDG_STATE_HOME"
    ) || return 1
    [ -O "$XDG_RUNTIME_DIR" ] || { say "$XDG_RUNTIME_DIR is another user's"; return 1; }
}

bus_call() {
    timeout 5 dbus-send --bus="$DBUS_SESSION_BUS_ADDRESS" --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
        "org.freedesktop.DBus.$1" "${@:2}" 2>/dev/null
}
bus_answers() { [ -S "$XDG_RUNTIME_DIR/bus" ] && bus_call GetId >/dev/null; }
keyring_answers() { bus_call NameHasOwner string:org.freedesktop.secrets | grep -q 'boolean true'; }

# A daemon is ours when its environment says so: a process number alone may be another's by now.
ours() {
    [ -n "$1" ] && [ -r "/proc/$1/environ" ] || return 1
    { tr '\0' '\n' <"/proc/$1/environ" | grep -qxF "HOWDAH_SESSION=$SESSION" && grep -qE '^(dbus-daemon|gnome-keyring-d)' "/proc/$1/comm"; } 2>/dev/null
}
end_daemon() {
    local pid i
    pid=$(cat "$SESSION/$1.pid" 2>/dev/null || true)
    rm -f "$SESSION/$1.pid"
    ours "$pid" || return 0
    kill "$pid" 2>/dev/null || return 0
    for ((i = 0; i < 20; i++)); do
        ours "$pid" || return 0
        sleep 0.05
    done
    kill -9 "$pid" 2>/dev/null || true
}
session_stop_daemons() {
    end_daemon keyring
    end_daemon bus
    rm -f "$XDG_RUNTIME_DIR/bus"
}

session_start_daemons() {
    local i
    # No service folder: nothing is started by being asked for. A portal or a locked keyring that the desktop's own files would start
    # makes a program wait; here it is told at once that there is none.
    cat >"$SESSION/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>$DBUS_SESSION_BUS_ADDRESS</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
CONF
    # They outlive the one that starts them: in a session of their own, without its descriptors.
    detached env -u DISPLAY dbus-daemon --config-file="$SESSION/bus.conf" --nofork --nopidfile </dev/null >"$SESSION/bus.log" 2>&1 &
    echo $! >"$SESSION/bus.pid"
    disown
    for ((i = 0; i < 100; i++)); do
        bus_answers && break
        sleep 0.05
    done
    bus_answers || { say "The private bus does not answer:"; tail -n 5 "$SESSION/bus.log" >&2; return 1; }
    printf '%s' "$SESSION_WORD" | detached env -u DISPLAY gnome-keyring-daemon --foreground --unlock --components=secrets \
        >"$SESSION/keyring.log" 2>&1 &
    echo $! >"$SESSION/keyring.pid"
    disown
    for ((i = 0; i < 200; i++)); do
        keyring_answers && return 0
        sleep 0.05
    done
    say "The keyring does not answer:"
    tail -n 5 "$SESSION/keyring.log" >&2
    return 1
}

# session_enter: afterwards this process is one of the session's users. session_leave: the last one stops the daemons.
session_enter() {
    local rc=0
    session_environment
    session_folders || return 1
    exec {SESSION_LOCK_FD}>"$SESSION/lock"
    flock "$SESSION_LOCK_FD"
    if ! { bus_answers && keyring_answers; }; then
        session_stop_daemons
        session_start_daemons || rc=1
    fi
    exec {SESSION_USERS_FD}>"$SESSION/users"
    flock --shared "$SESSION_USERS_FD"
    exec {SESSION_LOCK_FD}>&-
    return "$rc"
}
session_leave() {
    [ -n "$SESSION_USERS_FD" ] || return 0
    exec {SESSION_LOCK_FD}>"$SESSION/lock"
    flock "$SESSION_LOCK_FD"
    flock --unlock "$SESSION_USERS_FD"
    if flock --exclusive --nonblock "$SESSION_USERS_FD"; then session_stop_daemons; fi
    exec {SESSION_USERS_FD}>&- {SESSION_LOCK_FD}>&-
    SESSION_USERS_FD=
}

# run_child COMMAND…: runs it with our standard input, passes TERM and HUP on, and gives its exit code. Ctrl+C reaches it by itself.
# It does not inherit the session's locks: what it leaves in the background must not keep the session alive.
run_child() {
    local rc pid signalled
    env --default-signal=INT,QUIT -- "$@" <&0 {SESSION_USERS_FD}>&- &
    pid=$!
    trap 'signalled=1' INT
    trap 'signalled=1; kill -TERM "$pid" 2>/dev/null || true' TERM HUP
    while :; do
        signalled=
        rc=0
        wait "$pid" || rc=$?
        [ -n "$signalled" ] || break
    done
    trap - INT TERM HUP
    return "$rc"
}
