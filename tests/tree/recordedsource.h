// SPDX-License-Identifier: GPL-3.0-or-later
// Levels as a server gave them, answered at once or when the test says so.
#pragma once

#include "ui/catalog/catalogsource.h"

#include <QMap>
#include <QPointer>

namespace howdah::test
{

using catalog::Object;
using catalog::ObjectKind;

inline Object object(ObjectKind kind, quint32 oid, const QString &name, int subId = 0)
{
    Object o;
    o.ref = {kind, oid, subId};
    o.name = name;
    return o;
}

class RecordedSource : public ui::CatalogSource
{
public:
    QVector<Object> databases{object(ObjectKind::Database, 1, QStringLiteral("orders")), object(ObjectKind::Database, 2, QStringLiteral("other"))};
    QMap<QString, QVector<Object>> schemas;
    QMap<quint32, QVector<Object>> contents; // of a schema or relation
    std::optional<Error> error;
    bool held = false;
    int reads = 0;

    QString connectedDatabase() const override { return QStringLiteral("orders"); }

    void read(const ui::LevelRequest &request, const CancelToken &cancel, QObject *context, std::function<void(const ui::Level &)> answer) override
    {
        ++reads;
        m_waiting.append([this, request, cancel, context = QPointer<QObject>(context), answer] {
            if (context && !cancel.isCancelled())
                answer(levelOf(request));
        });
        if (!held)
            release();
    }

    void release()
    {
        const auto waiting = std::exchange(m_waiting, {});
        for (const auto &one : waiting)
            one();
    }

private:
    ui::Level levelOf(const ui::LevelRequest &request) const
    {
        if (error)
            return fail(*error);
        switch (request.what) {
        case ui::LevelRequest::What::Databases: return databases;
        case ui::LevelRequest::What::Schemas: return schemas.value(request.database);
        default: return contents.value(request.oid);
        }
    }

    QVector<std::function<void()>> m_waiting;
};

} // namespace howdah::test
