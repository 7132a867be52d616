# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Which packages, on which distribution, and installing what is missing of them. Sourced after say.sh.

# distro: debian12, debian13, ubuntu2404 or nothing, from os-release (HOWDAH_OS_RELEASE is for the tests).
distro() {
    local ID='' VERSION_ID=''
    # shellcheck disable=SC1090,SC1091
    . "${HOWDAH_OS_RELEASE:-/etc/os-release}" 2>/dev/null || true
    case $ID-$VERSION_ID in
        debian-12) echo debian12 ;;
        debian-13) echo debian13 ;;
        ubuntu-24.04) echo ubuntu2404 ;;
    esac
}

# have COMMAND: also those of /usr/sbin, which an ordinary user's PATH lacks; `compose` is compose v2 in whichever form.
have() {
    if [ "$1" = compose ]; then
        docker compose version >/dev/null 2>&1 || docker-compose version --short 2>/dev/null | grep -q '^v\?2'
    else
        PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1
    fi
}

# package_table SET DISTRO: the cells of the table that count, as they stand (COMMAND?NAME or NAME), one a line.
package_table() {
    local column
    case $2 in
        debian12) column=2 ;;
        debian13) column=3 ;;
        ubuntu2404) column=4 ;;
        *) return 1 ;;
    esac
    awk -v set="$1" -v column="$column" '
        /^#/ || NF == 0 { next }
        $1 != "run" && set != "test" { next }
        { for (i = 3; i <= 4; i++) if ($i == "=") $i = $(i - 1)
          if ($column != "-") print $column }' "$HOWDAH_ROOT/installer/packages.txt"
}

# package_names SET DISTRO: every name there may be; wanted_packages: less those whose command is here already.
package_names() { package_table "$@" | sed 's/^.*?//'; }
wanted_packages() {
    local cell
    while read -r cell; do
        case $cell in
            *\?*) have "${cell%\?*}" || printf '%s\n' "${cell#*\?}" ;;
            *) printf '%s\n' "$cell" ;;
        esac
    done < <(package_table "$@")
}

# missing_packages NAME…: those that are not installed, in one question to dpkg.
missing_packages() {
    comm -23 <(printf '%s\n' "$@" | sort -u) \
        <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | awk '$1 == "installed" {print $2}' | sort -u)
}

# apt COMMAND…: apt-get as a script wants it: no questions, patient with another program's lock, its chatter kept in a log.
apt() {
    local log=$HOWDAH_ROOT/build/apt.log rc=0
    mkdir -p "$HOWDAH_ROOT/build"
    as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 \
        -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold -o APT::Install-Recommends=false "$@" >"$log" 2>&1 </dev/null || rc=$?
    [ "$rc" -eq 0 ] || { say "apt-get $1 said (all of it in $log):"; tail -n 15 "$log" >&2; }
    return "$rc"
}

# What an interrupted installation left half done is finished first (dpkg --audit is silent where there is nothing).
finish_interrupted() {
    [ -n "$(dpkg --audit 2>/dev/null)" ] || return 0
    say "An earlier installation was interrupted: finishing it"
    as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a --force-confold >&2 </dev/null || true
    apt --fix-broken install
}

# install_packages SET: nothing to do is answered from dpkg's own list, without the network.
install_packages() {
    local set=$1 where names missing
    where=$(distro)
    if [ -z "$where" ] || ! command -v apt-get >/dev/null 2>&1; then
        say "Howdah installs what it needs on Debian 12, Debian 13 and Ubuntu 24.04. Here you have to: what these packages of Debian 13 hold,"
        say "and Docker with compose v2:"
        package_names "$set" debian13 | tr '\n' ' ' | fold -s -w 110 >&2
        say ""
        return 1
    fi
    mapfile -t names < <(wanted_packages "$set" "$where")
    mapfile -t missing < <(missing_packages "${names[@]}")
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "To install: ${missing[*]}"
    finish_interrupted
    step "Package lists refreshed" apt update || say "Going on with the package lists that are here"
    # Fetched first, which may be interrupted at any point; the part that changes the machine is then short.
    step "${#missing[@]} packages and what they need fetched" apt install --download-only "${missing[@]}" || return 1
    step "${#missing[@]} packages installed" apt install "${missing[@]}" || return 1
    mapfile -t missing < <(missing_packages "${names[@]}")
    [ "${#missing[@]}" -eq 0 ] || { say "Still missing: ${missing[*]}"; return 1; }
}
