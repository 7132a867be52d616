// SPDX-License-Identifier: GPL-3.0-or-later
// Where the tree's levels come from: the links of a server (CatalogLinks), or recorded values in a test. Window's thread; answers arrive
// there, later or at once, and not at all once `context` is gone.
#pragma once

#include "catalog/objects.h"

#include <QObject>

#include <functional>

namespace howdah::ui
{

struct LevelRequest {
    enum class What { Databases, Schemas, SchemaContents, Parts };
    What what = What::Databases;
    QString database; // that holds it
    quint32 oid = 0;  // of the schema or the relation
};

using Level = Result<QVector<catalog::Object>>;

class CatalogSource : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    virtual QString connectedDatabase() const = 0;
    virtual void read(const LevelRequest &request, const CancelToken &cancel, QObject *context, std::function<void(const Level &)> answer) = 0;
};

} // namespace howdah::ui
