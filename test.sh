#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
HOWDAH_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=installer/say.sh
. "$HOWDAH_ROOT/installer/say.sh"
# shellcheck source=installer/build.sh
. "$HOWDAH_ROOT/installer/build.sh"

usage() {
    cat <<'TEXT'
Usage: ./test.sh [--only dev|headless|asan]

Installs what is missing, builds and tests: `headless` (howdahctl and the core without QtGui, as `dev` compiles them: that it builds, and what it is linked
to), `asan` (address and undefined-behaviour sanitizers, without QtGui too: the unit tests and the hostile servers), `dev` (every test but those labelled
long). Any test that did not run is a failure.
One test again, with nothing around it: ctest --test-dir build/dev -R NAME --output-on-failure
TEXT
}

only=
case ${1:-} in
    '') ;;
    --only) only=${2:-} ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac
case $only in '' | dev | headless | asan) ;; *) usage >&2; exit 2 ;; esac

# Each test makes the session it needs: what this shell happens to have must not help it.
unset DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY XDG_RUNTIME_DIR GNOME_KEYRING_CONTROL
for variable in "${!PG@}"; do unset "$variable"; done
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

failed=()

# run_ctest PRESET FILTER…: ctest's words as they come; its summary is the last of them. A test that did not run fails the whole.
run_ctest() {
    local preset=$1 log=$HOWDAH_ROOT/build/$1/ctest.log rc=0 idle
    shift
    ctest --test-dir "$HOWDAH_ROOT/build/$preset" --output-on-failure --no-tests=error --timeout 900 \
        --parallel "$(jobs_wanted)" "$@" 2>&1 </dev/null | tee "$log" || rc=$?
    idle=$(grep -E '\*\*\*(Skipped|Not Run)|^[0-9]+% tests passed.*did not run|The following tests did not run' "$log" || true)
    # Qt Test's own skips end a test as passed.
    idle+=$(grep -E '^SKIP +:' "$HOWDAH_ROOT/build/$preset/Testing/Temporary/LastTest.log" 2>/dev/null || true)
    if [ -n "$idle" ]; then
        say "Did not run in $preset, which counts as failed:" "$idle"
        rc=1
    fi
    return "$rc"
}

no_gui_in_headless() {
    local libraries
    libraries=$(ldd "$HOWDAH_ROOT/build/headless/app/howdahctl") || return 1
    ! grep -E 'Qt6(Gui|Widgets)' <<<"$libraries" >&2
}

one() {
    local preset=$1
    [ -z "$only" ] || [ "$only" = "$preset" ] || return 0
    local targets=()
    case $preset in
        headless) targets=(howdahctl) ;;
        asan) targets=(howdah_core_tests) ;;
    esac
    if ! build_preset "$preset" "${targets[@]}"; then
        failed+=("$preset (build)")
        return 0
    fi
    case $preset in
        headless) step "build/headless/app/howdahctl is linked to no QtGui" no_gui_in_headless || failed+=("headless (linked to QtGui)") ;;
        asan) run_ctest asan -L '^(unit|hostile)$' -LE '^long$' || failed+=(asan) ;;
        dev) run_ctest dev -LE '^long$' || failed+=(dev) ;;
    esac
}

"$HOWDAH_ROOT/installer/setup.sh" test
one headless
one asan
one dev
[ "${#failed[@]}" -eq 0 ] || die "Failed: ${failed[*]}"
