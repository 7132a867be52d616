// SPDX-License-Identifier: GPL-3.0-or-later
// What the pane remembers: of each profile where its backups lie, and the table's columns. Window's thread; the store is not.
#pragma once

#include "backup/stand.h"
#include "ui/shell/pane.h"

#include <QJsonObject>
#include <QTimer>

namespace howdah::ui
{

class KeptPlace : public QObject
{
    Q_OBJECT
public:
    // `columns`: as they are now, asked a moment after they changed.
    KeptPlace(const PaneContext &context, std::function<QJsonObject()> columns, QObject *parent);
    void readAll(); // read and columnsRead tell
    void keep(const backup::StandChoice &choice);
    void columnsChanged() { m_save.start(); }

signals:
    void read(const howdah::backup::StandChoice &choice);
    void columnsRead(const QJsonObject &columns);

private:
    void write(const QString &key, const QJsonValue &value);

    PaneContext m_context;
    std::function<QJsonObject()> m_columns;
    QTimer m_save;
};

} // namespace howdah::ui
