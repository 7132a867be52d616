// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of one statement in an interval, in words, under the chart of how it went. Window's thread.
#pragma once

#include "statements/history.h"
#include "ui/statements/statementload.h"

#include <QMap>
#include <QScrollArea>

class QFormLayout;

namespace howdah::ui
{

class PlainLabel;

class StatementFigures : public QScrollArea
{
    Q_OBJECT
public:
    explicit StatementFigures(QWidget *parent = nullptr);

    void show(const statements::TopList &list, const statements::Total &total);
    void showNone(bool mayHaveRun); // it did nothing in this time
    StatementLoad *load() const { return m_load; }

private:
    void setFact(const QString &name, const QString &value, const QString &tip = {}); // an empty value: no such line

    StatementLoad *m_load;
    QFormLayout *m_facts;
    QMap<QString, PlainLabel *> m_values;
};

} // namespace howdah::ui
