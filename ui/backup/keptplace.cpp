// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/keptplace.h"

#include "base/async.h"
#include "store/settings.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

const QString columnsKey = u"backup/columns"_s;

QString keyOf(const PaneContext &context)
{
    return u"backup/place/"_s + context.profile.id;
}

} // namespace

KeptPlace::KeptPlace(const PaneContext &context, std::function<QJsonObject()> columns, QObject *parent) : QObject(parent), m_context(context), m_columns(std::move(columns))
{
    m_save.setSingleShot(true);
    m_save.setInterval(500);
    connect(&m_save, &QTimer::timeout, this, [this] { write(columnsKey, m_columns()); });
}

void KeptPlace::readAll()
{
    const backup::StandChoice usual{m_context.profile, {}, {}};
    if (!m_context.store)
        return emit read(usual);
    async::onFinished(m_context.store->run([key = keyOf(m_context)](store::Store &store) { return store::readSetting(store, key); }), this, [this, usual](const Result<QJsonValue> &value) {
        backup::StandChoice choice = usual;
        if (value) {
            choice.folder = value->toObject().value("folder"_L1).toString();
            choice.archive = value->toObject().value("archive"_L1).toString();
        }
        emit read(choice);
    });
    async::onFinished(m_context.store->run([](store::Store &store) { return store::readSetting(store, columnsKey); }), this, [this](const Result<QJsonValue> &value) {
        if (value)
            emit columnsRead(value->toObject());
    });
}

void KeptPlace::keep(const backup::StandChoice &choice)
{
    write(keyOf(m_context), QJsonObject{{u"folder"_s, choice.folder}, {u"archive"_s, choice.archive}});
}

void KeptPlace::write(const QString &key, const QJsonValue &value)
{
    if (m_context.store)
        m_context.store->run([key, value](store::Store &store) { return store::writeSetting(store, key, value); });
}

} // namespace howdah::ui
