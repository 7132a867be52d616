// SPDX-License-Identifier: GPL-3.0-or-later
// One result on screen: its grid, and its name among the results of a run. Window's thread.
#pragma once

#include "query/resultstore.h"

#include <QTimer>
#include <QWidget>

#include <memory>

namespace howdah::ui
{

class ResultGrid;

class ResultPage : public QWidget
{
    Q_OBJECT
public:
    ResultPage(std::shared_ptr<query::ResultStore> store, int number, const QString &statement, QWidget *parent = nullptr);
    const query::ResultStore *store() const { return m_store.get(); }
    QString title() const; // "2 · orders (1,204)"
    void end();
    void setNote(const QString &note);
    ResultGrid *grid() const { return m_grid; }
    bool isPinned() const { return m_pinned; }
    void setPinned(bool pinned) { m_pinned = pinned; }
    void repaintNow();

signals:
    void grew(); // a few times a second while rows come

private:
    std::shared_ptr<query::ResultStore> m_store;
    int m_number;
    QString m_name;
    ResultGrid *m_grid;
    bool m_pinned = false;
    QTimer m_tick;
};

} // namespace howdah::ui
