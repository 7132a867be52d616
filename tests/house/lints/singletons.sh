# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# There is no instance(): what a thing needs comes through its constructor. (Qt's one application is Qt's.)
check() {
    cxx bare -- src ui app | find_in '(?<!Application::)\binstance\s*\('
}
plant() {
    bad src/store/a.h <<<'    static Store& instance();'
    bad ui/shell/b.cpp <<<'Store::instance().open();'
    good src/base/c.cpp <<<'QCoreApplication::instance()->thread();'
    good src/base/d.cpp <<<'// no instance() here'
}
