// SPDX-License-Identifier: GPL-3.0-or-later
// What Howdah changed, newest first: searched as one types, by period, with the exact statements and the undo of each, exported to a file.
// Read on the store's worker, page by page as one scrolls. Window's thread.
#pragma once

#include "store/journal.h"
#include "ui/shell/pane.h"

#include <QDialog>
#include <QTimer>

#include <functional>

class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QTreeWidget;

namespace howdah::ui
{

class EmptyState;
class ErrorBar;
class PlainLabel;

class JournalDialog : public QDialog
{
    Q_OBJECT
public:
    explicit JournalDialog(const PaneContext &context, QWidget *parent = nullptr);
    static void show(const PaneContext &context, QWidget *window); // the one that is open already, else a new one

    QTreeWidget *list() const { return m_list; }
    QLineEdit *needle() const { return m_needle; }
    QComboBox *period() const { return m_period; }
    QPlainTextEdit *commands() const { return m_commands; }

signals:
    void exported(const QString &path);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    using Form = std::function<QByteArray(const QVector<store::JournalEntry> &)>;

    QWidget *build(QWidget *top);
    QWidget *detail();
    void connectParts();
    void read(bool more);
    void add(const QVector<store::JournalEntry> &entries);
    void tell();
    void showEntry(int row);
    void askForFile(const QString &format, const QString &ending, const Form &form);
    void writeFile(const QString &path, const Form &form);
    qint64 sinceMs() const;

    PaneContext m_context;
    QLineEdit *m_needle;
    QComboBox *m_period;
    QTreeWidget *m_list;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    PlainLabel *m_title;
    PlainLabel *m_facts;
    PlainLabel *m_message;
    PlainLabel *m_undo;
    QPlainTextEdit *m_commands;
    PlainLabel *m_said;
    QPushButton *m_copy;
    QPushButton *m_csv;
    QPushButton *m_json;
    ErrorBar *m_error;
    QTimer m_rest;
    QVector<store::JournalEntry> m_entries; // as the list's rows
    quint64 m_asked = 0;
    bool m_all = false;     // the last page was not full
    bool m_reading = false; // a further page
};

} // namespace howdah::ui
