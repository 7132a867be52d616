# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# libpq is included in src/pg and nowhere else: whoever wants a server goes through pg::Connection.
check() {
    cxx code -- src ui app | find_in '^\s*#\s*include\s*[<"](postgresql/)?(libpq-fe|libpq-events|pg_config|postgres_ext)\.h|^\s*#\s*include\s*[<"]libpq/' |
        grep -v '^src/pg/' || true
    files '(^|/)CMakeLists\.txt$' src ui app | grep -v '^src/pg/' | xargs -r grep -nHE '^[^#]*PostgreSQL::PostgreSQL' || true
}
plant() {
    bad src/store/a.cpp <<<'#include <libpq-fe.h>'
    bad ui/shell/a.h <<<'  # include "postgresql/libpq-fe.h"'
    bad src/catalog/CMakeLists.txt <<<'target_link_libraries(x PRIVATE PostgreSQL::PostgreSQL)'
    good src/pg/a.cpp <<<'#include <libpq-fe.h>'
    good src/store/b.cpp <<<'// #include <libpq-fe.h> is for src/pg'
}
