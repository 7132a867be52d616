// SPDX-License-Identifier: GPL-3.0-or-later
// What of the tree is shown: system objects or not, and names that hold a word, among what has been read. Window's thread.
#pragma once

#include <QSortFilterProxyModel>

namespace howdah::ui
{

class CatalogFilter : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    explicit CatalogFilter(QObject *parent = nullptr);
    void setWord(const QString &word);
    void setSystemShown(bool shown);
    int matches() const; // objects whose own name holds the word, among what is read and shown

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    QString m_word;
    bool m_systemShown = false;
};

} // namespace howdah::ui
