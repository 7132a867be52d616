// SPDX-License-Identifier: GPL-3.0-or-later
// For the tests of the window: what can be read of models and widgets. Window's thread.
#pragma once

#include <QAbstractItemModel>
#include <QLabel>
#include <QWidget>

#include <algorithm>

namespace howdah::test
{

inline int rowsOf(const QAbstractItemModel *model, const QModelIndex &parent = {})
{
    int all = model->rowCount(parent);
    for (int row = 0, here = all; row < here; ++row)
        all += rowsOf(model, model->index(row, 0, parent));
    return all;
}

inline QModelIndex childOf(const QAbstractItemModel *model, const QModelIndex &parent, const QString &beginning)
{
    for (int row = 0; row < model->rowCount(parent); ++row) {
        if (const QModelIndex child = model->index(row, 0, parent); child.data().toString().startsWith(beginning))
            return child;
    }
    return {};
}

inline bool hasWords(const QAbstractItemModel *model, const QString &words, const QModelIndex &parent = {})
{
    for (int row = 0; row < model->rowCount(parent); ++row) {
        for (int column = 0; column < model->columnCount(parent); ++column) {
            if (model->index(row, column, parent).data().toString().contains(words))
                return true;
        }
        if (hasWords(model, words, model->index(row, 0, parent)))
            return true;
    }
    return false;
}

inline bool says(const QWidget *in, const QString &text)
{
    const auto labels = in->findChildren<QLabel *>();
    return std::any_of(labels.cbegin(), labels.cend(), [&](const QLabel *label) { return label->isVisible() && label->text().contains(text); });
}

} // namespace howdah::test
