// SPDX-License-Identifier: GPL-3.0-or-later
// Every run of this profile, newest first, searched as one types. Enter or a double click puts the text into the editor; nothing is run from
// here. Window's thread.
#pragma once

#include "store/history.h"
#include "ui/shell/pane.h"

#include <QFrame>
#include <QTimer>

class QLineEdit;
class QPlainTextEdit;
class QTreeWidget;

namespace howdah::ui
{

class ErrorBar;
class PlainLabel;

class HistoryView : public QFrame
{
    Q_OBJECT
public:
    explicit HistoryView(const PaneContext &context, QWidget *parent = nullptr);
    void open();   // reads anew, the search line has the focus
    void reload(); // where it is open
    QTreeWidget *list() const { return m_list; }
    QLineEdit *needle() const { return m_needle; }

signals:
    void insertWanted(const QString &text);
    void closed();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void read(bool more);
    void add(const QVector<store::HistoryEntry> &entries);
    void insertCurrent();
    void askToClear();

    PaneContext m_context;
    QLineEdit *m_needle;
    QTreeWidget *m_list;
    QPlainTextEdit *m_text;
    PlainLabel *m_said;
    ErrorBar *m_error;
    QTimer m_rest;
    quint64 m_asked = 0;
    qint64 m_oldest = 0;
    bool m_all = false; // the last page was not full
};

} // namespace howdah::ui
