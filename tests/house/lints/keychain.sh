# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# QtKeychain can write secrets to a plain file where no keychain answers. Never here: the session-only mode is for that.
check() {
    cxx bare -- src ui app tests | find_in '\bsetInsecureFallback\b'
}
plant() {
    bad src/store/a.cpp <<<'job.setInsecureFallback(true);'
    bad tests/store/b.cpp <<<'job->setInsecureFallback (false);'
    good src/store/c.cpp <<<'// setInsecureFallback stays off: QtKeychain'"'"'s default'
}
