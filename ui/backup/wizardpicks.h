// SPDX-License-Identifier: GPL-3.0-or-later
// What of the comparison is to come back: tables, in them rows that live lacks and rows that it has with other values, and of these single ones as far as they
// were shown. A tree of check boxes. Window's thread.
#pragma once

#include "backup/rescue.h"

#include <QSet>
#include <QTreeWidget>

namespace howdah::ui
{

class WizardPicks : public QTreeWidget
{
    Q_OBJECT
public:
    explicit WizardPicks(QWidget *parent = nullptr);
    void show(const backup::Comparison &seen); // nothing is picked then, but what was picked before is where it is there again
    // Errors: Client/usage where nothing is picked, or what is picked can't be asked for as one.
    Result<QVector<backup::RescueTable>> picked() const;
    bool overwrites() const; // a row that live has is among them
    qint64 rows() const;     // that are picked, as the comparison counted them

signals:
    void changed();

private:
    QTreeWidgetItem *addPart(QTreeWidgetItem *table, const backup::TableComparison &of, backup::RescueTable::Rows rows, qint64 count, const QSet<QString> &before);

    void spread(QTreeWidgetItem *item);

    QVector<backup::TableName> m_names; // by the top-level items' order
    bool m_filling = false;
};

} // namespace howdah::ui
