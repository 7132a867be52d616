# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What every script of the house shares: one line a step with its seconds, root where it is needed, scratch folders that go away.
# Sourced. Everything here speaks on standard error, so that standard output stays with the command that was asked for.

HOWDAH_ROOT=${HOWDAH_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
export HOWDAH_ROOT

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Seconds with one decimal since the argument (a reading of now_ms).
now_ms() { local t=${EPOCHREALTIME/[.,]/}; printf '%s' "${t:0:-3}"; }
since() { local ms=$(($(now_ms) - $1)); printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100)); }

# step WHAT COMMAND…: runs it here (it may set variables) and says in one line what it was and how long it took.
step() {
    local what=$1 from rc=0
    shift
    from=$(now_ms)
    "$@" || rc=$?
    if [ "$rc" -eq 0 ]; then say "[$(since "$from")] $what"; else say "[$(since "$from")] $what: failed ($rc)"; fi
    return "$rc"
}

# as_root COMMAND…: as it is for root, else through sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo -- "$@"
    else
        say "This needs root, and there is no sudo: $*"
        return 1
    fi
}

# Scratch folders, gone when the script ends however it ends (short of kill -9; they lie in build/tmp, which each run empties of its old ones).
SCRATCH=()
scratch() {
    local -n _out=$1
    mkdir -p "$HOWDAH_ROOT/build/tmp"
    find "$HOWDAH_ROOT/build/tmp" -mindepth 1 -maxdepth 1 -mmin +720 -exec rm -rf {} + 2>/dev/null || true
    _out=$(mktemp -d "$HOWDAH_ROOT/build/tmp/$2.XXXXXX")
    SCRATCH+=("$_out")
}
drop_scratch() {
    [ "${#SCRATCH[@]}" -eq 0 ] || rm -rf "${SCRATCH[@]}"
    SCRATCH=()
}

# detached COMMAND…: in a session of its own and without our descriptors (a lock or a pipe of ours must not live as long as a daemon).
# The process number is the command's. Standard streams are the caller's to set.
# shellcheck disable=SC2016 # the inner shell expands
DETACHED='for fd in /proc/$$/fd/*; do n=${fd##*/}; [ "$n" -le 2 ] || eval "exec $n>&-"; done; exec "$@"'
detached() { exec setsid bash -c "$DETACHED" detached "$@"; }

jobs_wanted() { printf '%s' "${HOWDAH_JOBS:-$(nproc)}"; }
