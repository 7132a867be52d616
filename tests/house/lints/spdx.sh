# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Every source file says its licence in its first lines.
check() {
    files '\.(cpp|h|sh|sql|cmake|py|pl|ya?ml|conf|js|in)$|(^|/)(CMakeLists\.txt|Makefile|Dockerfile)$|^installer/.*\.txt$|^\.ci/' |
        while read -r path; do
            head -n 5 -- "$path" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || echo "$path:1:no SPDX line"
        done
}
plant() {
    bad src/a.cpp <<<'int main() {}'
    bad sql/x/a.sql <<<'-- what: nothing'
    bad docker/Dockerfile <<<'FROM scratch'
    bad run.sh <<<'#!/bin/sh'
    bad src/b.h <<<'// SPDX-License-Identifier: MIT'
    bad .ci/run <<<'#!/bin/sh'
    good src/c.cpp <<<'// SPDX-License-Identifier: GPL-3.0-or-later'
    good README.md <<<'Howdah'
    good docs/notes.txt <<<'x'
}
