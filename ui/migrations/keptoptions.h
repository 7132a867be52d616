// SPDX-License-Identifier: GPL-3.0-or-later
// What the pane remembers: of each profile its project's options, and the time line's columns. Window's thread; the store is not.
#pragma once

#include "ui/migrations/projectsource.h"

#include <QJsonObject>
#include <QTimer>

#include <functional>

namespace howdah::ui
{

class KeptOptions : public QObject
{
    Q_OBJECT
public:
    // `columns`: as they are now, asked a moment after they changed.
    KeptOptions(const PaneContext &context, std::function<QJsonObject()> columns, QObject *parent);
    void readAll(); // read and columnsRead tell
    void keep(const MigrationOptions &options);
    void columnsChanged() { m_save.start(); }

signals:
    void read(const howdah::ui::MigrationOptions &options);
    void columnsRead(const QJsonObject &columns);

private:
    void write(const QString &key, const QJsonValue &value);

    PaneContext m_context;
    std::function<QJsonObject()> m_columns;
    QTimer m_save;
};

} // namespace howdah::ui
