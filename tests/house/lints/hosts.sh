# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Scripts fetch nothing by address: packages come through the machine's own clients as they are set up there, so no script and no
# build file names a host. (The one below is a document type's name, and nothing fetches it.)
check() {
    files '^(installer|docker|\.ci|tests)/.*|^(run|test)\.sh$|^Makefile$|(^|/)CMakeLists\.txt$|\.cmake$' |
        grep -E '\.(sh|txt|ya?ml|conf|cmake)$|(^|/)(Makefile|Dockerfile|run)$' | grep -v '^tests/house/lints/' |
        xargs -r grep -nHoE '(https?|ftp|git)://[A-Za-z0-9.-]+[^" ]*' | grep -vE '://(localhost|127\.0\.0\.1|www\.freedesktop\.org/standards/dbus/)' || true
}
plant() {
    bad installer/a.sh <<<'curl -O https://example.org/x.deb'
    bad docker/Dockerfile <<<'ADD http://mirror.example/x /x'
    good run.sh <<<'curl http://127.0.0.1:8080/health'
    good README.md <<<'https://example.org'
}
