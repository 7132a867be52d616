// SPDX-License-Identifier: GPL-3.0-or-later
// A KeyedModel as it is looked at: sorted by a click on a header, filtered by a word, rows of 24 px, marks and bars drawn. Ctrl+C copies the selected
// rows as tab-separated text, Ctrl+Shift+C with their headers. Columns are moved, hidden and sized by the user; state() keeps that by the
// columns' names. Window's thread; the model is not owned.
#pragma once

#include "ui/widgets/keyedmodel.h"

#include <QJsonObject>
#include <QTreeView>

class QSortFilterProxyModel;

namespace howdah::ui
{

class KeyedView : public QTreeView
{
    Q_OBJECT
public:
    KeyedView(KeyedModel *model, const QString &name, QWidget *parent = nullptr);

    void setWord(const QString &word);     // rows that have it in any column, and their parents
    int shownRows() const;                 // top-level ones
    QString currentKey() const;            // empty: none
    void select(const QString &key);       // does nothing where it is absent
    void sortBy(const QString &column, Qt::SortOrder order); // an unknown column: the order of the rows as given

    QJsonObject state() const;
    void restore(const QJsonObject &state);

signals:
    void currentKeyChanged(const QString &key);
    void stateChanged(); // the user changed a width, the order, the sort or what is hidden

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void copy(bool headers) const;
    void chooseColumns(const QPoint &at);
    void stretch();
    int columnOf(const QString &id) const;

    KeyedModel *m_source;
    QSortFilterProxyModel *m_sorted;
    bool m_restoring = false;
    bool m_stretches = true; // a column takes what is left
    bool m_stretching = false;
};

} // namespace howdah::ui
