// SPDX-License-Identifier: GPL-3.0-or-later
// One shell for many programs: whatever they say, leave unread or die of, each answer is that of its own question.
#include "tool/shell.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <thread>

#include <signal.h>

using namespace howdah;
using namespace Qt::StringLiterals;

class TestShell : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup() { m_shell.reset(); }
    void wordsAreWords_data();
    void wordsAreWords();
    void bytesAndExitCodes();
    void inputThatIsNotRead();
    void outputIsBounded();
    void manyInTurn();
    void killedProgram();
    void deadline();
    void cancelled();
    void shellThatEnds();
    void shellThatEndedBefore();
    void endsWithUs();

private:
    tool::Outcome run(const QStringList &words, const QByteArray &input = {}, qsizetype maxOutput = 1 << 20)
    {
        const auto said = m_shell->run({words, input, 20'000, maxOutput});
        return said ? *said : tool::Outcome{-1, {}, said.error().text().toUtf8(), false, {}};
    }
    tool::Outcome script(const QString &text, const QByteArray &input = {}) { return run({u"sh"_s, u"-c"_s, text}, input); }
    qint64 pid() const
    {
        QFile file(m_folder.filePath(u"name"_s));
        return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().toLongLong() : -1;
    }
    QTemporaryDir m_folder;
    std::unique_ptr<tool::Shell> m_shell;
};

void TestShell::init()
{
    tool::Command starts;
    starts.program = u"env"_s;
    starts.arguments = QStringList{u"GREETING=hello"_s};
    auto shell = tool::Shell::start(starts, m_folder.filePath(u"name"_s));
    QVERIFY2(shell, shell ? "" : qPrintable(shell.error().text()));
    m_shell = *std::move(shell);
}

void TestShell::wordsAreWords_data()
{
    QTest::addColumn<QString>("word");
    for (const QString &word : {u""_s, u"two words"_s, u"it's"_s, u"$HOME `id` $(id) \\n ; & | > <"_s, u"line\nfeed"_s, u"'\n'"_s, u"\n"_s, u"*"_s, u"-n"_s, u"größe"_s, u"\"$nl\""_s, u"tab\tand\rreturn"_s})
        QTest::newRow(qPrintable(word.toHtmlEscaped())) << word;
}

void TestShell::wordsAreWords()
{
    QFETCH(QString, word);
    const tool::Outcome said = run({u"printf"_s, u"<%s>"_s, word, u"end"_s});
    QCOMPARE(said.exitCode, 0);
    QCOMPARE(QString::fromUtf8(said.output), u"<%1><end>"_s.arg(word));
    QCOMPARE(said.errors, QByteArray());
}

void TestShell::bytesAndExitCodes()
{
    QByteArray all;
    for (int i = 0; i < 70'000; ++i)
        all.append(char(i * 7));
    const tool::Outcome said = run({u"cat"_s}, all.left(60'000));
    QCOMPARE(said.output, all.left(60'000));
    const tool::Outcome both = script(u"printf 'out\\n\\n'; printf 'err' >&2; echo $GREETING; exit 3"_s);
    QCOMPARE(both.exitCode, 3);
    QCOMPARE(both.output, QByteArray("out\n\nhello\n"));
    QCOMPARE(both.errors, QByteArray("err"));
    QCOMPARE(both.lastLines, (QByteArrayList{"out", "hello", "err"}));
    QCOMPARE(run({u"/no/such/program"_s}).exitCode, 127);
    QCOMPARE(run({u"true"_s}).exitCode, 0);
}

// What a program does not read is not taken for the next question.
void TestShell::inputThatIsNotRead()
{
    const QByteArray trap = "'true'\n0\nmark\necho stolen\n";
    for (int i = 0; i < 5; ++i) {
        const tool::Outcome said = run({u"true"_s}, trap.repeated(2000));
        QCOMPARE(said.exitCode, 0);
        QCOMPARE(said.output, QByteArray());
        const tool::Outcome some = run({u"head"_s, u"-c"_s, u"3"_s}, trap.repeated(2000));
        QCOMPARE(some.output, QByteArray("'tr"));
        QCOMPARE(some.errors, QByteArray());
    }
    QCOMPARE(run({u"cat"_s}).output, QByteArray());
}

void TestShell::outputIsBounded()
{
    const tool::Outcome said = run({u"head"_s, u"-c"_s, u"3000000"_s, u"/dev/zero"_s}, {}, 1000);
    QCOMPARE(said.exitCode, 0);
    QVERIFY(said.truncated);
    QCOMPARE(said.output.left(1000), QByteArray(1000, '\0'));
    QVERIFY(said.output.size() <= 1002);
    const tool::Outcome errors = run({u"sh"_s, u"-c"_s, u"head -c 3000000 /dev/zero >&2"_s}, {}, 1000);
    QVERIFY(errors.truncated);
    QCOMPARE(errors.errors.size(), 1000);
    const tool::Outcome whole = run({u"head"_s, u"-c"_s, u"1000"_s, u"/dev/zero"_s}, {}, 1000);
    QVERIFY(!whole.truncated);
    QCOMPARE(whole.output.size(), 1000);
}

void TestShell::manyInTurn()
{
    for (int i = 0; i < 200; ++i)
        QCOMPARE(run({u"echo"_s, QString::number(i)}).output, QByteArray::number(i) + '\n');
}

void TestShell::killedProgram()
{
    const tool::Outcome said = script(u"kill -KILL $$"_s);
    QCOMPARE(said.exitCode, 137);
    QCOMPARE(run({u"echo"_s, u"again"_s}).output, QByteArray("again\n"));
}

void TestShell::deadline()
{
    const auto late = m_shell->run({{u"sleep"_s, u"60"_s}, {}, 200, 1000});
    QVERIFY(!late);
    QCOMPARE(late.error().kind, ErrorKind::Timeout);
    QVERIFY(!m_shell->isUsable());
}

void TestShell::cancelled()
{
    const CancelToken cancel;
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        cancel.cancel();
    });
    const auto ended = m_shell->run({{u"sleep"_s, u"60"_s}, {}, 60'000, 1000}, cancel);
    other.join();
    QVERIFY(!ended);
    QCOMPARE(ended.error().kind, ErrorKind::Cancelled);
    QVERIFY(!m_shell->isUsable());
}

// As of a container that is stopped.
void TestShell::shellThatEnds()
{
    QTRY_VERIFY(pid() > 0);
    QCOMPARE(run({u"true"_s}).exitCode, 0);
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        ::kill(-pid_t(pid()), SIGKILL);
    });
    const tool::Outcome said = script(u"echo part; sleep 60"_s);
    other.join();
    QCOMPARE(said.exitCode, 137);
    QVERIFY(said.truncated);
    QCOMPARE(said.output, QByteArray());
    QVERIFY(!m_shell->isUsable());
}

// While nobody asked it anything.
void TestShell::shellThatEndedBefore()
{
    QCOMPARE(run({u"true"_s}).exitCode, 0);
    QVERIFY(m_shell->isUsable());
    ::kill(pid_t(pid()), SIGKILL);
    QTRY_VERIFY(!m_shell->isUsable());
}

void TestShell::endsWithUs()
{
    QCOMPARE(run({u"true"_s}).exitCode, 0);
    const qint64 was = pid();
    QVERIFY(was > 0);
    m_shell.reset();
    QTRY_VERIFY(!QFile::exists(u"/proc/%1"_s.arg(was)));
    QVERIFY(!QFile::exists(m_folder.filePath(u"name"_s)));
}

QTEST_GUILESS_MAIN(TestShell)
#include "tst_shell.moc"
