// SPDX-License-Identifier: GPL-3.0-or-later
// What docker is told to run psql: never the password. That it works is in e2e.stackcli.
#include "stack/shell.h"

#include <QTest>

using namespace howdah;
using namespace Qt::StringLiterals;

class TestShell : public QObject
{
    Q_OBJECT
private slots:
    void passwordLineIsPgpass()
    {
        const Secret line = stack::passwordLine(u"a:b"_s, Secret(QByteArray("p:w\\d")));
        QCOMPARE(QByteArray(line.data(), line.size()), QByteArray("localhost:5432:*:a\\:b:p\\:w\\\\d\n"));
    }
    void arguments()
    {
        stack::ShellOptions options;
        options.role = u"app"_s;
        options.database = u"it's"_s;
        options.arguments = QStringList{u"-c"_s, u"SELECT 1; DROP TABLE \"x y\""_s};
        const QStringList plain = stack::shellArguments(u"abc"_s, u"/dev/shm/f"_s, options);
        QCOMPARE(plain.first(2), (QStringList{u"exec"_s, u"-i"_s}));
        QCOMPARE(plain.last(11), (QStringList{u"abc"_s, u"psql"_s, u"-h"_s, u"localhost"_s, u"-U"_s, u"app"_s, u"-d"_s, u"dbname='it\\'s' passfile='/dev/shm/f'"_s, u"-w"_s}
                                  + options.arguments));
        QVERIFY(plain.contains(u"PGSSLMODE=verify-full"_s));
        QVERIFY(!plain.contains(u"-t"_s));
        QVERIFY(plain.filter(u"PGPASSWORD"_s).isEmpty());
        QVERIFY(plain.filter(u"PGOPTIONS"_s).isEmpty());
        options.terminal = options.readOnly = true;
        options.terminalName = u"xterm"_s;
        const QStringList person = stack::shellArguments(u"abc"_s, u"/dev/shm/f"_s, options);
        QVERIFY(person.contains(u"-t"_s));
        QVERIFY(person.contains(u"TERM=xterm"_s));
        QVERIFY(person.contains(u"PGOPTIONS=-c default_transaction_read_only=on"_s));
    }
};

QTEST_GUILESS_MAIN(TestShell)
#include "tst_shell.moc"
