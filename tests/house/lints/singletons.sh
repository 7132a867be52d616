# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# There is no instance(): what a thing needs comes through its constructor. (Qt's own are Qt's.)
check() {
    cxx bare -- src ui app | find_in '(?<![\w:])(?!Q[A-Z]\w*::instance)(?:\w+::)*instance\s*\('
}
plant() {
    bad src/store/a.h <<<'    static Store& instance();'
    bad ui/shell/b.cpp <<<'Store::instance().open();'
    good src/base/c.cpp <<<'QCoreApplication::instance()->thread();'
    good ui/shell/e.cpp <<<'auto* d = QAbstractEventDispatcher::instance();'
    good src/base/d.cpp <<<'// no instance() here'
}
