// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/health.h"

#include <QJsonArray>

namespace howdah::health
{

using namespace Qt::StringLiterals;

static QJsonObject check(const QString &name, const QJsonValue &ok, const QString &found, const QString &expected)
{
    return {{u"name"_s, name}, {u"ok"_s, ok}, {u"found"_s, found}, {u"expected"_s, expected}};
}

// pg_hba.conf may be read by few roles: refused is neither good nor bad.
static Result<QJsonObject> checkHba(pg::Connection &connection, const CancelToken &cancel)
{
    const QString name = u"tls: pg_hba.conf"_s;
    const QString expected = u"no line without TLS over the network"_s;
    const auto rows = connection.runFile(u"health/verify_hba"_s, {}, {}, cancel);
    if (!rows) {
        if (rows.error().kind == ErrorKind::Permission)
            return check(name, QJsonValue(), u"not permitted: "_s + rows.error().message, expected);
        return fail(rows.error());
    }
    const QString lines = rows->isEmpty() ? QString() : rows->text(0, 0);
    return check(name, lines.isEmpty(), lines.isEmpty() ? u"every network line asks for TLS"_s : lines, expected);
}

static Result<QJsonObject> checkHealth(pg::Connection &connection, const CancelToken &cancel)
{
    const auto report = readHealth(connection, true, cancel);
    if (!report)
        return fail(report.error());
    QString found = verdictName(report->verdict);
    const QStringList reasons = report->errors + report->warnings + report->notPermitted;
    if (!reasons.isEmpty())
        found += u": "_s + reasons.join(u"; "_s);
    // A warning is for whoever looks at the server; what the server is meant to be holds all the same.
    const QJsonValue ok = report->verdict == Verdict::Unknown ? QJsonValue() : QJsonValue(report->verdict != Verdict::Critical);
    return check(u"health"_s, ok, found, u"nothing critical"_s);
}

Result<QJsonObject> verify(pg::Connection &connection, const CancelToken &cancel)
{
    const QString attempt = u"verify the server"_s;
    const auto rows = connection.runFile(u"health/verify"_s, {}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(attempt));
    QJsonArray checks;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const auto ok = rows->boolean(row, "ok"_L1);
        checks.append(check(rows->text(row, "name"_L1), ok ? QJsonValue(*ok) : QJsonValue(), rows->text(row, "found"_L1), rows->text(row, "expected"_L1)));
    }
    for (auto *ask : {&checkHba, &checkHealth}) {
        const auto answer = (*ask)(connection, cancel);
        if (!answer)
            return fail(Error(answer.error()).during(attempt));
        checks.append(*answer);
    }
    // One check that fails makes it false; one that could not be made leaves it open.
    QJsonValue all(true);
    for (const QJsonValue &entry : std::as_const(checks)) {
        const QJsonValue ok = entry.toObject().value("ok"_L1);
        if (ok.isNull() && all.toBool(false))
            all = QJsonValue();
        else if (ok.isBool() && !ok.toBool())
            all = false;
    }
    return QJsonObject{{u"ok"_s, all}, {u"checks"_s, checks}};
}

} // namespace howdah::health
