// SPDX-License-Identifier: GPL-3.0-or-later
// psql as the second opinion: what Debian's own client reads of the same server. Blocking.
#pragma once

#include "support/testserver.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>

namespace howdah::test
{

struct Psql {
    const TestServer &server;
    QString database;

    QByteArray run(const QStringList &arguments, const QByteArray &input = {}, bool *done = nullptr) const
    {
        const pg::ConnectionSpec spec = server.socketSpec();
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PGCLIENTENCODING"), QStringLiteral("UTF8"));
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral("psql"), QStringList{QStringLiteral("-XAtq"), QStringLiteral("-v"), QStringLiteral("ON_ERROR_STOP=1"), QStringLiteral("-h"), spec.host,
                                                          QStringLiteral("-p"), QString::number(spec.port), QStringLiteral("-U"), QStringLiteral("postgres"),
                                                          QStringLiteral("-d"), database} + arguments);
        process.write(input);
        process.closeWriteChannel();
        const bool good = process.waitForFinished(120'000) && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
        if (!good)
            qWarning("psql: %s", process.readAllStandardError().constData());
        if (done)
            *done = good;
        return process.readAllStandardOutput();
    }

    bool file(const QString &path) const
    {
        bool done = false;
        run({QStringLiteral("-f"), path}, {}, &done);
        return done;
    }

    bool script(const QByteArray &text) const
    {
        bool done = false;
        run({}, text, &done);
        return done;
    }

    // A query that gives one column: its rows as one JSON array.
    QJsonArray list(const QByteArray &query) const
    {
        return QJsonDocument::fromJson(run({}, "SET search_path = '';\nSELECT coalesce(json_agg(x.v), '[]') FROM (" + query + ") x (v);\n")).array();
    }
};

} // namespace howdah::test
