#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Shows that Howdah sets itself up, builds and passes its unit tests on Debian 13: in a root of its own (debootstrap, build/trixie) with a
# copy of this checkout. No Docker inside. Needs root; long the first time (some 2 GB), the root and the build are kept for the next.
#   installer/prove-debian13.sh [--jobs N] [--fresh]
set -euo pipefail
HOWDAH_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=installer/say.sh
. "$HOWDAH_ROOT/installer/say.sh"
# shellcheck source=installer/packages.sh
. "$HOWDAH_ROOT/installer/packages.sh"
# shellcheck source=installer/suite.sh
. "$HOWDAH_ROOT/installer/suite.sh"

jobs=$(nproc)
fresh=
given=("$@")
while [ $# -gt 0 ]; do
    case $1 in
        --jobs) jobs=${2:?a number}; shift 2 ;;
        --fresh) fresh=1; shift ;;
        *) sed -n '3,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
    esac
done
[ "$(id -u)" -eq 0 ] || exec sudo -- "${BASH_SOURCE[0]}" "${given[@]}"

# Its mounts are in a mount namespace of its own, so they go with this script however it ends; so do the processes inside (--pid).
if [ "${HOWDAH_PROOF:-}" != inside ]; then
    HOWDAH_PROOF=inside exec unshare --mount --pid --fork --kill-child --propagation private "${BASH_SOURCE[0]}" "${given[@]}"
fi

root=$HOWDAH_ROOT/build/trixie
started=$(now_ms)
[ -z "$fresh" ] || rm -rf "$root"

bootstrap() {
    local mirror
    command -v debootstrap >/dev/null || apt install debootstrap || return 1
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || { say "No Debian mirror in this machine's apt sources"; return 1; }
    # Made beside its place and moved there when whole.
    rm -rf "$root.new" "$root"
    mkdir -p "$root.new"
    debootstrap --variant=minbase --keyring="$ARCHIVE_KEYS" trixie "$root.new" "$mirror" >"$root.log" 2>&1 ||
        { tail -n 10 "$root.log" >&2; return 1; }
    # Nothing is started inside: it shares this machine's kernel, network and process names.
    printf '#!/bin/sh\nexit 101\n' >"$root.new/usr/sbin/policy-rc.d"
    chmod +x "$root.new/usr/sbin/policy-rc.d"
    mv "$root.new" "$root"
}

mounts() {
    mkdir -p "$root/proc" "$root/dev" "$root/sys" "$root/tmp"
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    # How this machine reaches the mirror: names, proxies.
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    cp /etc/hosts "$root/etc/hosts"
    apt-config dump 2>/dev/null | grep -E '^Acquire::(https?::[Pp]roxy|Check-(Date|Valid-Until))' >"$root/etc/apt/apt.conf.d/90host" || true
}

# The working tree as it stands, what git ignores left out; unchanged files keep their times, so a second build is a short one.
copy_checkout() {
    local to=$root/howdah
    mkdir -p "$to"
    (cd "$HOWDAH_ROOT" && git -c safe.directory='*' ls-files -zco --exclude-standard |
        while IFS= read -r -d '' path; do [ ! -e "$path" ] || printf '%s\0' "$path"; done >"$root/tmp/files")
    (cd "$to" && find . -path ./build -prune -o -type f -print0 | sed -z 's|^\./||' | sort -z | comm -z -23 - <(sort -z "$root/tmp/files") | xargs -0r rm -f)
    (cd "$HOWDAH_ROOT" && tar -c --null -T "$root/tmp/files") | tar -x -C "$to"
}

inside() {
    chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        HOWDAH_JOBS="$jobs" ${http_proxy:+http_proxy="$http_proxy"} "$@" </dev/null
}
# The build in the root, with its own copy of the scripts.
# shellcheck disable=SC2016 # expanded inside
build_inside() {
    inside bash -euc 'cd /howdah
        . installer/say.sh
        . installer/build.sh
        export HOWDAH_KEEP_GOING=1
        rc=0
        build_preset release howdah howdahctl || rc=1
        build_preset dev || rc=1
        exit $rc'
}
unit_tests_inside() { inside ctest --test-dir /howdah/build/dev --output-on-failure --no-tests=error -L '^unit$' -LE '^long$' --parallel "$jobs"; }

[ -d "$root" ] || step "Debian 13 in build/trixie" bootstrap
step "Mounts" mounts
step "The checkout copied into it" copy_checkout
step "Packages of run.sh and test.sh" inside /howdah/installer/setup.sh packages test
say "$(sed -n 's/^PRETTY_NAME=//p' "$root/etc/os-release"), Qt $(inside qtpaths6 --qt-version)"
step "Release and dev built" build_inside
step "howdahctl runs: $(inside /howdah/build/release/app/howdahctl --version | head -n 1)" true
step "Unit tests" unit_tests_inside
say "Debian 13: done in $(since "$started")"
