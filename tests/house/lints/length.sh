# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A file over 600 lines holds a second concept.
check() {
    files '\.(cpp|h)$' src ui app | while read -r path; do
        lines=$(wc -l <"$path")
        [ "$lines" -le 600 ] || echo "$path:$lines:over 600 lines"
    done
}
plant() {
    bad src/pg/a.cpp < <(seq 601 | sed 's|^|// |')
    good src/pg/b.cpp < <(seq 600 | sed 's|^|// |')
}
