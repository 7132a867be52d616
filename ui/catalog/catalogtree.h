// SPDX-License-Identifier: GPL-3.0-or-later
// The tree as a view: rows of 24 px, names in the fixed font elided in the middle, details muted, what is being read again dimmed.
// Window's thread.
#pragma once

#include <QTreeView>

namespace howdah::ui
{

class CatalogTree : public QTreeView
{
    Q_OBJECT
public:
    explicit CatalogTree(QWidget *parent = nullptr);

signals:
    void copyWanted(); // Ctrl+C

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
};

} // namespace howdah::ui
