# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Configuring and building a preset. Sourced after say.sh.

configure_preset() {
    local log=$HOWDAH_ROOT/build/$1.configure.log
    cmake --preset "$1" >"$log" 2>&1 || { say "cmake said (all of it in $log):"; grep -A 12 'CMake Error' "$log" >&2 || tail -n 20 "$log" >&2; return 1; }
}

# build_preset PRESET TARGET…: in build/PRESET; two at a time take turns. Without a target: all of it.
# HOWDAH_KEEP_GOING: past the first error, to see all of them.
build_preset() {
    local preset=$1 target args=() rc=0 fd
    shift
    for target in "$@"; do args+=(--target "$target"); done
    [ -z "${HOWDAH_KEEP_GOING:-}" ] || args+=(-- -k 0)
    mkdir -p "$HOWDAH_ROOT/build"
    exec {fd}>"$HOWDAH_ROOT/build/$preset.lock"
    flock "$fd"
    (
        cd "$HOWDAH_ROOT" || exit 1
        # An interrupted first configuration leaves a cache without a build.ninja: done anew.
        if ! [ -f "build/$preset/build.ninja" ]; then
            step "Configured $preset" configure_preset "$preset" || exit 1
        fi
        step "Built $preset" cmake --build "build/$preset" --parallel "$(jobs_wanted)" "${args[@]}" >&2
    ) {fd}>&- || rc=$?
    exec {fd}>&-
    return "$rc"
}
