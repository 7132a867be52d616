// SPDX-License-Identifier: GPL-3.0-or-later
// One server with a database as it is live and one as it was: what a rehearsal's copy is to its origin, without a container. For tests only.
#pragma once

#include "support/testserver.h"
#include "support/verifyok.h"

#include <QTest>

namespace howdah::test
{

class TwoDatabases
{
public:
    // The statements in both.
    static std::unique_ptr<TwoDatabases> make(const QList<QByteArray> &statements, QString *why)
    {
        std::unique_ptr<TwoDatabases> both(new TwoDatabases);
        ServerSetup setup;
        setup.settings = {QStringLiteral("fsync=off")}; // databases come and go: it is about what is in them
        both->server = TestServer::start(setup, why);
        if (!both->server || !both->renew(statements, why))
            return nullptr;
        return both;
    }
    // Both made anew, so that a test begins with what another has not touched: live is made, and the rehearsed one copied from it as it then is.
    bool renew(const QList<QByteArray> &statements, QString *why)
    {
        live.reset();
        rehearsed.reset();
        if (!server->sql({"DROP DATABASE IF EXISTS live WITH (FORCE)", "DROP DATABASE IF EXISTS rehearsed WITH (FORCE)", "CREATE DATABASE live"}, why))
            return false;
        auto opened = open(QStringLiteral("live"));
        for (const QByteArray &statement : statements) {
            const auto done = opened ? opened->run({statement, {}}) : Result<pg::Rows>(fail(Error{}));
            if (!done) {
                *why = QString::fromUtf8(statement) + QStringLiteral(": ") + done.error().text();
                return false;
            }
        }
        opened.reset();
        if (!server->sql({"CREATE DATABASE rehearsed TEMPLATE live"}, why))
            return false;
        live = open(QStringLiteral("live"));
        rehearsed = open(QStringLiteral("rehearsed"));
        return live && rehearsed;
    }
    std::unique_ptr<pg::Connection> open(const QString &database, const QString &role = {}) const
    {
        auto spec = server->socketSpec();
        spec.database = database;
        if (!role.isEmpty())
            spec.role = role;
        auto link = pg::Connection::open(spec, {});
        if (!link) {
            qWarning("%s", qPrintable(link.error().text()));
            return nullptr;
        }
        (void)(*link)->run({"SET search_path = public", {}}); // for the tests' own statements
        return std::move(*link);
    }
    static bool run(pg::Connection &link, const QList<QByteArray> &statements)
    {
        for (const QByteArray &statement : statements) {
            if (const auto done = link.run({statement, {}}); !done) {
                qWarning("%s: %s", statement.constData(), qPrintable(done.error().text()));
                return false;
            }
        }
        return true;
    }
    static QString one(pg::Connection &link, const QByteArray &question)
    {
        const auto rows = link.run({question, {}});
        return rows && rows->size() == 1 ? rows->text(0, 0) : rows ? QStringLiteral("%1 rows").arg(rows->size()) : rows.error().text();
    }

    std::unique_ptr<TestServer> server;
    std::unique_ptr<pg::Connection> live, rehearsed;
};

} // namespace howdah::test
