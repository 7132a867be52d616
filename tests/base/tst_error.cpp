// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"
#include "base/exitcode.h"
#include "base/json.h"

#include <QTest>

using namespace howdah;

class TestError : public QObject
{
    Q_OBJECT
private slots:
    void wordedForPeople();
    void wordedForPrograms();
    void theInnermostAttemptWins();
    void exitCodes();
};

void TestError::wordedForPeople()
{
    Error error;
    error.kind = ErrorKind::Authentication;
    error.message = QStringLiteral("password authentication failed");
    error.sqlstate = QStringLiteral("28P01");
    error.hint = QStringLiteral("Check the password");
    error.context = QStringLiteral("connect to db1:5432");
    QCOMPARE(error.text(), QStringLiteral("connect to db1:5432: password authentication failed (28P01). Check the password"));
}

void TestError::wordedForPrograms()
{
    Error error;
    error.kind = ErrorKind::Tls;
    error.reason = QStringLiteral("wrong_host");
    error.message = QStringLiteral("a\nb");
    QCOMPARE(jsonLine(error.toJson()), QByteArray("{\"kind\":\"tls\",\"message\":\"a\\nb\",\"reason\":\"wrong_host\",\"sqlstate\":\"\"}\n"));
}

void TestError::theInnermostAttemptWins()
{
    const Error error = Error().during(QStringLiteral("inner")).during(QStringLiteral("outer"));
    QCOMPARE(error.context, QStringLiteral("inner"));
}

void TestError::exitCodes()
{
    const auto exitOf = [](ErrorKind kind, const QString &reason = {}) {
        Error error;
        error.kind = kind;
        error.reason = reason;
        return exitCodeOf(error);
    };
    QCOMPARE(exitOf(ErrorKind::Connection), ExitCode::NotConnected);
    QCOMPARE(exitOf(ErrorKind::Tls), ExitCode::NotConnected);
    QCOMPARE(exitOf(ErrorKind::Authentication), ExitCode::NotConnected);
    QCOMPARE(exitOf(ErrorKind::Timeout, QStringLiteral("connect")), ExitCode::NotConnected);
    QCOMPARE(exitOf(ErrorKind::Timeout, QStringLiteral("statement")), ExitCode::Failed);
    QCOMPARE(exitOf(ErrorKind::Permission), ExitCode::NotPermitted);
    QCOMPARE(exitOf(ErrorKind::Cancelled), ExitCode::Cancelled);
    QCOMPARE(int(exitOf(ErrorKind::Sql)), 1);
}

QTEST_GUILESS_MAIN(TestError)
#include "tst_error.moc"
