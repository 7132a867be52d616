# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A test neither skips nor waits for a time: it has what it needs or fails, and it waits for the thing itself (QTRY_…, a signal).
check() {
    cxx bare -- tests | find_in '\b(QSKIP|GTEST_SKIP|qWait)\s*\('
}
plant() {
    bad tests/pg/a.cpp <<<'    QSKIP("no server");'
    bad tests/pg/b.cpp <<<'    QTest::qWait(100);'
    good tests/pg/c.cpp <<<'    QVERIFY(QTest::qWaitFor([&] { return done; })); // not qWait(100), no QSKIP(x)'
}
