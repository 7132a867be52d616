// SPDX-License-Identifier: GPL-3.0-or-later
// A folder of migrations and a database of its own, for tests.
#pragma once

#include "migrations/run.h"
#include "support/client.h"

#include <QDir>
#include <QTemporaryDir>

namespace howdah::test
{

class Project
{
public:
    Project(const TestServer &server, const QByteArray &database) : m_server(server), m_database(database)
    {
        if (auto admin = server.admin(); admin)
            (void)(*admin)->run({"CREATE DATABASE " + database, {}});
        QDir(m_folder.path()).mkdir(QStringLiteral("migrations"));
    }

    QString path() const { return m_folder.filePath(QStringLiteral("migrations")); }
    void put(const QString &name, const QByteArray &up, const QByteArray &down, const QByteArray &options = {}) const
    {
        QFile file(path() + QLatin1Char('/') + name);
        if (!file.open(QIODevice::WriteOnly) || file.write("-- Purpose: a table for the test\n-- migrate:up" + options + "\n" + up + "\n-- migrate:down" + options + "\n" + down + "\n") < 0)
            qFatal("not written: %s", qPrintable(name));
    }
    void remove(const QString &name) const { QFile::remove(path() + QLatin1Char('/') + name); }
    migrations::Folder folder() const
    {
        auto folder = migrations::readFolder(path());
        if (!folder)
            qFatal("%s", qPrintable(folder.error().text()));
        return *folder;
    }
    pg::ConnectionSpec spec(const QString &name = QStringLiteral("test")) const
    {
        pg::ConnectionSpec spec = m_server.spec();
        spec.database = QString::fromLatin1(m_database);
        spec.applicationName = name;
        spec.options = QStringLiteral("-c search_path=public");
        return spec;
    }
    std::unique_ptr<pg::Connection> link(const QString &name = QStringLiteral("test")) const
    {
        auto opened = pg::Connection::open(spec(name), m_server.password());
        if (!opened)
            qFatal("%s", qPrintable(opened.error().text()));
        return std::move(*opened);
    }
    migrations::Run up(const migrations::RunOptions &options = {}, const migrations::Upwards &wanted = {})
    {
        const auto connection = link();
        return migrations::up(*connection, folder(), wanted, options, [this](const migrations::Told &told) { take(told); });
    }
    migrations::Run down(int most = 1, const migrations::RunOptions &options = {})
    {
        const auto connection = link();
        return migrations::down(*connection, folder(), {most, {}}, options, [this](const migrations::Told &told) { take(told); });
    }
    migrations::Ledger ledger() const { return migrations::readLedger(*link()).value_or(migrations::Ledger()); }
    migrations::State state() const { return migrations::stateOf(folder(), ledger()); }
    // One value, or the SQLSTATE.
    QString value(const QByteArray &statement) const
    {
        const auto rows = link()->run({statement, {}});
        return rows ? (rows->isEmpty() ? QString() : rows->text(0, 0)) : rows.error().sqlstate;
    }
    QVector<migrations::Told> takeTold()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_told, {});
    }

private:
    void take(const migrations::Told &told)
    {
        const std::lock_guard lock(m_mutex);
        m_told.append(told);
    }

    const TestServer &m_server;
    QByteArray m_database;
    QTemporaryDir m_folder;
    std::mutex m_mutex;
    QVector<migrations::Told> m_told;
};

inline QString reasonOf(const migrations::Run &run)
{
    return run.error ? run.error->reason + QLatin1Char('/') + run.error->sqlstate : QString();
}

} // namespace howdah::test
