// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/catalog/catalogfilter.h"

#include "ui/catalog/catalogmodel.h"

#include <functional>

namespace howdah::ui
{

CatalogFilter::CatalogFilter(QObject *parent) : QSortFilterProxyModel(parent)
{
    setDynamicSortFilter(true);
}

void CatalogFilter::setWord(const QString &word)
{
    if (word == m_word)
        return;
    m_word = word;
    // Looking at a match's parents and children costs each row, so only while there is a word.
    setRecursiveFilteringEnabled(!word.isEmpty());
    setAutoAcceptChildRows(!word.isEmpty());
    invalidateFilter();
}

void CatalogFilter::setSystemShown(bool shown)
{
    if (shown == m_systemShown)
        return;
    m_systemShown = shown;
    invalidateFilter();
}

bool CatalogFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    if (!m_systemShown && index.data(CatalogModel::SystemRole).toBool())
        return false;
    if (m_word.isEmpty())
        return true;
    return index.data(CatalogModel::NodeRole).toInt() == int(CatalogModel::NodeKind::Object)
        && index.data(Qt::DisplayRole).toString().contains(m_word, Qt::CaseInsensitive);
}

int CatalogFilter::matches() const
{
    int found = 0;
    const std::function<void(const QModelIndex &)> walk = [&](const QModelIndex &parent) {
        for (int row = 0; row < rowCount(parent); ++row) {
            const QModelIndex index = this->index(row, 0, parent);
            found += index.data(CatalogModel::NodeRole).toInt() == int(CatalogModel::NodeKind::Object)
                && index.data(Qt::DisplayRole).toString().contains(m_word, Qt::CaseInsensitive);
            walk(index);
        }
    };
    walk({});
    return found;
}

} // namespace howdah::ui
