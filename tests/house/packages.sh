#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The table of packages, and what setup.sh makes of it. Whether the names exist is asked of the indexes by `installer/setup.sh names`
# (Debian 12 and 13 from a Debian 12 machine; Ubuntu's only on Ubuntu); here nothing needs the network.
# shellcheck source=tests/house/expect.sh
. "$(dirname "$0")/expect.sh"
HOWDAH_ROOT=$ROOT
# shellcheck source=installer/say.sh
. "$ROOT/installer/say.sh"
# shellcheck source=installer/packages.sh
. "$ROOT/installer/packages.sh"

# The table has its columns, proper names, and none twice.
bad=$(awk '!/^#/ && NF && (NF != 4 || $1 !~ /^(run|test)$/ || $2 == "=")' "$ROOT/installer/packages.txt")
same "rows without their four columns" "$bad" ""
for where in debian12 debian13 ubuntu2404; do
    all=$(package_names test "$where")
    same "names of $where that are none" "$(grep -vxE '[a-z0-9][a-z0-9+.-]+' <<<"$all" || true)" ""
    same "names twice in $where" "$(sort <<<"$all" | uniq -d)" ""
    same "run is part of test in $where" "$(comm -23 <(package_names run "$where" | sort) <(sort <<<"$all"))" ""
    for needed in g++ cmake ninja-build qt6-base-dev qt6-charts-dev libqscintilla2-qt6-dev qtkeychain-qt6-dev libpq-dev docker.io gnome-keyring xvfb; do
        grep -qxF "$needed" <<<"$all" || fail "$where lacks $needed"
    done
done

# What differs, and why the table has columns: headers of QtOpenGL are a package of their own up to Qt 6.4 (Debian 12, Ubuntu 24.04);
# Debian 13 has the docker command apart; compose v2 has three names, one of them (Debian 12) none at all.
pick() { package_names test "$1" | grep -xE "$2" | sort | tr '\n' ' '; }
same "Debian 12" "$(pick debian12 'libqt6opengl6-dev|docker-cli|docker-compose.*')" "libqt6opengl6-dev "
same "Debian 13" "$(pick debian13 'libqt6opengl6-dev|docker-cli|docker-compose.*')" "docker-cli docker-compose "
same "Ubuntu 24.04" "$(pick ubuntu2404 'libqt6opengl6-dev|docker-cli|docker-compose.*')" "docker-compose-v2 libqt6opengl6-dev "

# Each distribution is known by its os-release; another is told what it needs, and nothing is tried.
os() { printf 'ID=%s\nVERSION_ID="%s"\n' "$1" "$2" >"$TMP/os"; HOWDAH_OS_RELEASE=$TMP/os distro; }
same "Debian 12" "$(os debian 12)" debian12
same "Debian 13" "$(os debian 13)" debian13
same "Ubuntu 24.04" "$(os ubuntu 24.04)" ubuntu2404
same "Ubuntu 22.04" "$(os ubuntu 22.04)" ""
same "no os-release" "$(HOWDAH_OS_RELEASE=$TMP/none distro)" ""
printf 'ID=fedora\nVERSION_ID=42\n' >"$TMP/os"
rc=0
words=$(HOWDAH_OS_RELEASE=$TMP/os "$ROOT/installer/setup.sh" run 2>&1) || rc=$?
same "another distribution's exit code" "$rc" 1
grep -q 'qtkeychain-qt6-dev' <<<"$words" || fail "another distribution is not told its packages: $words"

# A Docker or an npm from elsewhere is left alone.
have() { case $1 in dockerd | npm | compose) return 0 ;; *) return 1 ;; esac; }
same "with a Docker from elsewhere" "$(wanted_packages test debian13 | grep -xE 'docker.*|npm' | tr '\n' ' ')" "docker-cli "
have() { return 1; }
same "without one" "$(wanted_packages test debian13 | grep -xE 'docker.*|npm' | sort | tr '\n' ' ')" "docker-cli docker-compose docker.io npm "

# Nothing missing is answered from dpkg alone; what is missing is found.
case $(distro) in
    ?*) same "missing" "$(missing_packages bash coreutils howdah-no-such-package | tr '\n' ' ')" "howdah-no-such-package " ;;
esac
done_testing
