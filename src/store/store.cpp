// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/store.h"

#include "base/paths.h"
#include "store/soundness.h"
#include "store/storefile.h"

#include <QDir>
#include <QFileInfo>

namespace howdah::store
{

struct Store::Core {
    OpenedFile file;
    bool inTransaction = false;
};

Store::Store(std::unique_ptr<Core> core) : m_core(std::move(core)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const QString &path)
{
    const QString context = QStringLiteral("open Howdah's store");
    const QString file = path.isEmpty() ? QString(paths::dataDir() + QStringLiteral("/store.sqlite")) : QDir::current().absoluteFilePath(path);
    const QString folder = QFileInfo(file).absolutePath();
    // Only a folder of our own is made private.
    if (path.isEmpty() || !QFileInfo::exists(folder)) {
        if (auto made = paths::makePrivateDir(folder); !made)
            return fail(std::move(made.error()).during(context));
    }
    auto opened = openFile(file);
    if (!opened)
        return fail(std::move(opened.error()).during(context));
    auto core = std::make_unique<Core>();
    core->file = std::move(*opened);
    return std::unique_ptr<Store>(new Store(std::move(core)));
}

QString Store::path() const
{
    return m_core->file.handle->path();
}

QString Store::quarantined() const
{
    return m_core->file.repair.aside;
}

const Repair &Store::repair() const
{
    return m_core->file.repair;
}

Result<QSqlQuery> Store::run(const QString &name, const QVariantList &values)
{
    auto query = m_core->file.handle->run(name, values);
    if (!query) {
        if (query.error().reason == QLatin1StringView("store_damaged"))
            suspectFile(path());
        return fail(std::move(query.error()).during(QStringLiteral("store/") + name));
    }
    return query;
}

Done Store::atEnd(const QSqlQuery &rows)
{
    if (rows.lastError().type() == QSqlError::NoError)
        return {};
    Error error = storeError(rows.lastError(), path());
    if (error.reason == QLatin1StringView("store_damaged"))
        suspectFile(path());
    return fail(std::move(error).during(QStringLiteral("read Howdah's store")));
}

Error Store::damaged(Error fault)
{
    suspectFile(path());
    return std::move(fault).during(QStringLiteral("read Howdah's store"));
}

Done Store::transaction(const std::function<Done()> &fn)
{
    if (m_core->inTransaction)
        return fn(); // the outer one decides
    if (const auto begun = m_core->file.handle->command(QStringLiteral("BEGIN IMMEDIATE")); !begun)
        return begun;
    m_core->inTransaction = true;
    Done done = fn();
    m_core->inTransaction = false;
    if (done)
        done = m_core->file.handle->command(QStringLiteral("COMMIT"));
    if (!done) {
        // After a full disk SQLite may have rolled back by itself; then this one fails, and there is nothing left to undo.
        [[maybe_unused]] const auto undone = m_core->file.handle->command(QStringLiteral("ROLLBACK"));
    }
    return done;
}

} // namespace howdah::store
