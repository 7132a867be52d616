// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/keptoptions.h"

#include "base/async.h"
#include "base/paths.h"
#include "store/settings.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

const QString columnsKey = u"migrations/columns"_s;

QString keyOf(const PaneContext &context)
{
    return u"migrations/project/"_s + context.profile.id;
}

QJsonObject toJson(const MigrationOptions &options)
{
    return {{u"folder"_s, options.folder}, {u"role"_s, options.role}, {u"search_path"_s, options.searchPath}, {u"lock_timeout_ms"_s, options.lockTimeoutMs}, {u"tries"_s, options.tries}};
}

MigrationOptions fromJson(const QJsonObject &json)
{
    MigrationOptions options;
    options.folder = json.value("folder"_L1).toString();
    options.role = json.value("role"_L1).toString();
    options.searchPath = json.value("search_path"_L1).toString(options.searchPath);
    options.lockTimeoutMs = json.value("lock_timeout_ms"_L1).toInt(options.lockTimeoutMs);
    options.tries = json.value("tries"_L1).toInt(options.tries);
    return options;
}

} // namespace

KeptOptions::KeptOptions(const PaneContext &context, std::function<QJsonObject()> columns, QObject *parent) : QObject(parent), m_context(context), m_columns(std::move(columns))
{
    m_save.setSingleShot(true);
    m_save.setInterval(500);
    connect(&m_save, &QTimer::timeout, this, [this] { write(columnsKey, m_columns()); });
}

void KeptOptions::readAll()
{
    if (!m_context.store)
        return emit read({});
    const auto service = [key = keyOf(m_context), ofStack = !m_context.profile.stack.isEmpty()](store::Store &store) -> Result<MigrationOptions> {
        const auto kept = store::readSetting(store, key);
        if (!kept)
            return fail(kept.error());
        MigrationOptions options = fromJson(kept->toObject());
        // The stack brings its own, and the role that owns its tables.
        if (const auto docker = paths::dockerDir(); ofStack && kept->isUndefined() && docker) {
            options.folder = *docker + u"/migrations"_s;
            options.role = u"jeex_owner"_s;
        }
        return options;
    };
    async::onFinished(m_context.store->run(service), this, [this](const Result<MigrationOptions> &options) { emit read(options.value_or(MigrationOptions())); });
    async::onFinished(m_context.store->run([](store::Store &store) { return store::readSetting(store, columnsKey); }), this, [this](const Result<QJsonValue> &value) {
        if (value)
            emit columnsRead(value->toObject());
    });
}

void KeptOptions::keep(const MigrationOptions &options)
{
    write(keyOf(m_context), toJson(options));
}

void KeptOptions::write(const QString &key, const QJsonValue &value)
{
    if (m_context.store)
        m_context.store->run([key, value](store::Store &store) { return store::writeSetting(store, key, value); });
}

} // namespace howdah::ui
