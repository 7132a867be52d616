# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Nowhere a nested event loop: what it lets in between is a bug that no test meets. Dialogs are opened, not executed.
check() {
    cxx bare -- src ui app | find_in '\bQEventLoop\b(?!::)|\bprocessEvents\s*\('
    cxx bare -- ui | find_in '\b(?:\w*[dD]ialog|\w*[mM]enu|\w*[bB]ox|drag)\w*(?:\.|->)exec\s*\('
}
plant() {
    bad src/store/a.cpp <<<'QEventLoop loop; loop.exec();'
    bad ui/shell/b.cpp <<<'QCoreApplication::processEvents();'
    bad ui/shell/c.cpp <<<'if (dialog.exec() == QDialog::Accepted)'
    good src/store/d.cpp <<<'query.exec(); // no QEventLoop'
    good ui/shell/e.cpp <<<'dialog->open(); thread.exec();'
}
