#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lint.sh NAME repo ROOT: the rule of lints/NAME.sh holds in ROOT.    lint.sh NAME planted: the rule finds what is planted for it.
#
# A rule is a file with two functions: `check` prints each violation as FILE:LINE:TEXT, run in the tree's root; `plant` calls
# `bad PATH` for one violation each and `good PATH` for what only looks like one, with the file's text on standard input.
# shellcheck disable=SC2317 # a rule calls bad and good
set -euo pipefail
export LC_ALL=C.UTF-8
HOUSE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# files PATTERN [FOLDER…]: the tree's own files (what git ignores is not) whose path matches the extended expression.
files() {
    local pattern=$1
    shift
    if [ -e .git ]; then
        git -c safe.directory='*' -c core.quotePath=false ls-files -co --exclude-standard -- "$@"
    else
        { find "${@:-.}" -path ./build -prune -o -type f -print 2>/dev/null || true; } | sed 's|^\./||'
    fi | sort -u | { grep -E -- "$pattern" || true; } | while read -r path; do [ ! -f "$path" ] || printf '%s\n' "$path"; done
}
# cxx MODE [--unless MARK] -- FOLDER…: the C++ of these folders through cxx.pl.
cxx() {
    local options=() list
    while [ "$1" != -- ]; do options+=("$1"); shift; done
    shift
    mapfile -t list < <(files '\.(cpp|h|mm)$' "$@")
    [ "${#list[@]}" -eq 0 ] || perl "$HOUSE/cxx.pl" "${options[@]}" "${list[@]}"
}
# find_in EXPRESSION: of FILE:LINE:TEXT lines those whose text matches (perl's expressions).
find_in() {
    E=$1 perl -ne 'my ($f, $n, $t) = split /:/, $_, 3; print if $t =~ /$ENV{E}/'
}

# shellcheck source=/dev/null
. "$HOUSE/lints/$1.sh"

case $2 in
    repo)
        cd "$3"
        found=$(check)
        if [ -n "$found" ]; then
            printf '%s\n' "$found"
            exit 1
        fi
        ;;
    planted)
        tmp=$(mktemp -d)
        trap 'rm -rf "$tmp"' EXIT
        count=0
        bad() { count=$((count + 1)); put "$tmp/bad$count" "$1"; printf '%s' "$1" >"$tmp/bad$count.path"; }
        good() { put "$tmp/good" "$1"; }
        put() { mkdir -p "$1/$(dirname "$2")"; cat >"$1/$2"; }
        mkdir "$tmp/good"
        plant
        [ "$count" -gt 0 ] || { echo "Nothing is planted for $1"; exit 1; }
        rc=0
        for ((i = 1; i <= count; i++)); do
            path=$(cat "$tmp/bad$i.path")
            found=$(cd "$tmp/bad$i" && check)
            if ! grep -qF "$path" <<<"$found"; then
                echo "Not found: $path"
                cat "$tmp/bad$i/$path"
                rc=1
            fi
        done
        found=$(cd "$tmp/good" && check)
        if [ -n "$found" ]; then
            echo "Found where nothing is wrong:"
            printf '%s\n' "$found"
            rc=1
        fi
        exit "$rc"
        ;;
esac
