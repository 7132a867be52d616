// SPDX-License-Identifier: GPL-3.0-or-later
// What a sandbox has seen of one migration: each statement with what it locks, keeps out, reads and rewrites, and how long that would take on the target; and
// who there would stand in the way now. Window's thread.
#pragma once

#include "migrations/preview.h"

#include <QWidget>

class QPushButton;
class QStackedLayout;

namespace howdah::ui
{

class EmptyState;
class ErrorBar;
class KeyedModel;
class KeyedView;
class PlainLabel;

class LockPreviewView : public QWidget
{
    Q_OBJECT
public:
    explicit LockPreviewView(QWidget *parent = nullptr);

    void showNothing(const QString &why); // empty: it can be asked for
    void showStale();                     // what was seen is of a text that was changed since
    void showBusy();
    void show(const migrations::Preview &preview);
    void showError(const Error &error);
    KeyedView *table() const { return m_table; }
    QString blockersText() const;

signals:
    void previewWanted();

private:
    QWidget *m_empty;
    EmptyState *m_emptyState;
    ErrorBar *m_error;
    QWidget *m_seen;
    PlainLabel *m_where;
    PlainLabel *m_blockers;
    QPushButton *m_again;
    KeyedModel *m_model;
    KeyedView *m_table;
    QStackedLayout *m_stack;
};

} // namespace howdah::ui
