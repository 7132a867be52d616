#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh --in-session, in a copy of its own so that no other session is met: one bus and keyring for all who are there at one time,
# secrets that stay, exit codes and streams that are the command's, and nothing believed that a killed invocation left.
# shellcheck disable=SC2016 # the inner shells expand
# shellcheck source=tests/house/expect.sh
. "$(dirname "$0")/expect.sh"

copy=$TMP/copy
mkdir -p "$copy/build/release/app"
cp -r "$ROOT/run.sh" "$ROOT/installer" "$copy"
# What run.sh looks for before it builds; no test here runs it.
printf '#!/bin/sh\necho the program\n' >"$copy/build/release/app/howdahctl"
chmod +x "$copy/build/release/app/howdahctl"
in_session() { "$copy/run.sh" --in-session "$@"; }
daemons() {
    local pid
    for pid in $(pgrep -x dbus-daemon; pgrep -x gnome-keyring-d); do
        if { tr '\0' '\n' <"/proc/$pid/environ"; } 2>/dev/null | grep -qxF "HOWDAH_SESSION=$copy/build/session"; then echo "$pid"; fi
    done
}
none_left() {
    local i left
    for ((i = 0; i < 40; i++)); do
        left=$(daemons)
        [ -n "$left" ] || return 0
        sleep 0.1
    done
    fail "$1: daemons left: $left"
    # shellcheck disable=SC2086
    kill $left 2>/dev/null || true
}
lookup() { in_session secret-tool lookup house "$1" 2>>"$TMP/err" || true; }

# The command's own streams, arguments and exit code.
rc=0
out=$(printf 'a word' | in_session sh -c 'cat; printf " %s" "$@"; exit 7' sh 'two words' '*' 2>"$TMP/err") || rc=$?
same "exit code" "$rc" 7
same "standard output" "$out" "a word two words *"
same "its program" "$(in_session howdahctl)" "the program"
same "HOME" "$(in_session sh -c 'echo "$HOME"')" "$HOME"
none_left "after one"

# A secret outlives the daemons.
printf 'sesame' | in_session secret-tool store --label=one house first
none_left "after storing"
same "the second command's secret" "$(lookup first)" sesame

# Two at one time are in one session, whoever leaves first.
in_session sh -c 'printf "open" | secret-tool store --label=two house second; touch "$1/stored"; for i in $(seq 200); do [ -e "$1/seen" ] && break; sleep 0.05; done
    sleep 0.3; secret-tool lookup house second' sh "$TMP" >"$TMP/first.out" 2>>"$TMP/err" &
first=$!
for ((i = 0; i < 200; i++)); do [ ! -e "$TMP/stored" ] || break; sleep 0.05; done
same "seen by one beside it" "$(lookup second)" open
touch "$TMP/seen"
wait "$first" || fail "the first of two"
same "still there for the first" "$(cat "$TMP/first.out")" open
none_left "after two"

# Ten at once: one bus.
for ((i = 0; i < 10; i++)); do
    in_session sh -c 'dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetId; sleep 0.4' >"$TMP/bus.$i" 2>>"$TMP/err" &
done
wait
same "buses for ten" "$(cat "$TMP"/bus.? | sort -u | wc -l)" 1
same "answers of ten" "$(cat "$TMP"/bus.? | wc -w)" 10
none_left "after ten"

# Killed without a chance to clean up: the next one finds its way, and tidies.
setsid "$copy/run.sh" --in-session sleep 60 >/dev/null 2>>"$TMP/err" &
victim=$!
for ((i = 0; i < 100; i++)); do [ -z "$(pgrep -g "$victim" -x sleep || true)" ] || break; sleep 0.05; done
kill -9 -- "-$victim"
wait "$victim" 2>/dev/null || true
[ -n "$(daemons)" ] || fail "nothing was left to find"
same "after kill -9" "$(lookup first)" sesame
none_left "after kill -9"

# The daemons killed, their files left: not believed.
in_session sh -c 'kill -9 $(cat "$1/bus.pid" "$1/keyring.pid")' sh "$copy/build/session" 2>>"$TMP/err" || true
echo 1 >"$copy/build/session/bus.pid"
same "after the daemons died" "$(lookup first)" sesame
none_left "after the daemons died"

# Ended by a signal: so is the command, and the session.
rc=0
"$copy/run.sh" --in-session sh -c 'trap "kill %1; exit 9" TERM; sleep 60 >/dev/null 2>&1 & touch "$1/up"; wait' sh "$TMP" >/dev/null 2>>"$TMP/err" &
victim=$!
for ((i = 0; i < 100; i++)); do [ ! -e "$TMP/up" ] || break; sleep 0.05; done
kill -TERM "$victim"
wait "$victim" || rc=$?
same "the command's code after TERM" "$rc" 9
none_left "after TERM"

# What the command leaves in the background does not keep the session.
in_session sh -c 'sleep 30 >/dev/null 2>&1 & echo $!' >"$TMP/left"
none_left "with a left-over"
kill "$(cat "$TMP/left")" 2>/dev/null || true

[ "$FAILS" -eq 0 ] || cat "$TMP/err"
done_testing
