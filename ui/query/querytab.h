// SPDX-License-Identifier: GPL-3.0-or-later
// One tab of the query pane: a text, its own link, what came of its runs. Window's thread.
#pragma once

#include "store/drafts.h"
#include "ui/query/editor.h"
#include "ui/query/runner.h"
#include "ui/query/statements.h"
#include "ui/query/tabfile.h"

#include <QWidget>

class QSplitter;

namespace howdah::ui
{

class Completer;
class CatalogWords;
class ErrorBar;
class FindBar;
class ResultTabs;
class RunBar;
class RunGate;
class TransactionBar;

class QueryTab : public QWidget
{
    Q_OBJECT
public:
    // `worker` splits and reads files; it and `words` outlive the tab.
    QueryTab(const PaneContext &context, Worker *worker, CatalogWords *words, const store::Draft &draft, QWidget *parent = nullptr);

    store::Draft draft() const;  // as it is now; its place is the pane's to say
    QString id() const { return m_draft.id; }
    QString title() const { return m_draft.title; }
    void setTitle(const QString &title);
    bool isModified() const { return m_draft.modified; } // differs from its file
    bool isBusy() const { return m_runner->isBusy(); }
    bool hasOpenTransaction() const { return m_runner->transaction().isOpen(); }

    void runStatement(); // the selection, else the statement at the cursor
    void runScript();
    void cancel();
    void openFile();
    void openPath(const QString &path);
    void saveFile(bool anotherName);
    void find(bool withReplace);
    void findNext(bool forward);
    void insert(const QString &text); // at the cursor; never runs
    void focusNextPart(bool forward);
    void chooseExport(); // the menu: which format
    void exportQuery(query::Format format, bool forSpreadsheets); // the selection, else the statement at the cursor, to a file
    void setShown(bool shown);

    SqlEditor *editor() const { return m_editor; }
    Runner *runner() const { return m_runner; }
    ResultTabs *results() const { return m_results; }
    TransactionBar *transactionBar() const { return m_transaction; }

signals:
    void draftChanged(); // text, cursor, title or file
    void titleChanged(); // modified or busy, too

private:
    void build();
    void connectParts();
    void start(const std::vector<query::Piece> &pieces, const QByteArray &script, const std::optional<query::Source> &source);
    void began();
    void told(const RunEvent &event);
    void statementEnded(const RunEvent &event);
    void addError(const Error &error, const query::Piece &piece);
    void ended(const RunEnd &end);
    void refresh();
    void outlineStatement();
    void linkLost(const Error &reason, const Runner::Transaction &open);
    void refuse(const session::Guarding &guarding);
    void askToUnlock();
    void say(const QString &what, const Error &error);
    using TakeStatement = std::function<void(const std::vector<query::Piece> &, const QByteArray &script, const std::optional<query::Source> &)>;
    void withStatement(TakeStatement then);
    void exportPiece(const query::Piece &piece, const QByteArray &script, const FileTarget &target);
    void startExport(const RunRequest &request);
    void exportEnded(const QString &path, const Result<QString> &done, const RunRequest &request);
    void goTo(qsizetype offset, int mark);

    PaneContext m_context;
    store::Draft m_draft;
    SqlEditor *m_editor;
    Statements *m_statements;
    TabFile *m_file;
    Runner *m_runner;
    RunGate *m_gate;
    RunBar *m_bar;
    TransactionBar *m_transaction;
    ErrorBar *m_trouble;
    ErrorBar *m_lost;
    FindBar *m_find;
    QSplitter *m_split;
    ResultTabs *m_results;
    Completer *m_completer;
    quint64 m_version = 0;    // of the text
    quint64 m_runVersion = 0; // of the text that runs
    int m_lastMark = 0;
    int m_failed = 0;
    bool m_loading = false;
    qint64 m_resultRows = 0;
    QHash<QString, QString> m_known; // variables that a script has set
    query::Display m_display;        // \x and the like, as a script has left them
};

} // namespace howdah::ui
