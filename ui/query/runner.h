// SPDX-License-Identifier: GPL-3.0-or-later
// A tab's own link and what runs on it: opened at the first run, one run at a time, each written to the history before it begins. Nothing is
// run twice by itself. Window's thread.
#pragma once

#include "query/export.h"
#include "query/rowsecurity.h"
#include "query/run.h"
#include "session/guard.h"
#include "store/history.h"
#include "ui/query/runoutput.h"
#include "ui/shell/pane.h"

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>

#include <optional>

namespace howdah::ui
{

// A run whose one statement's rows go to a file.
struct FileTarget {
    QString path;
    query::Format format = query::Format::Csv;
    bool forSpreadsheets = false;
};

struct RunRequest {
    QByteArray script;                 // the text that the pieces' positions are in
    std::vector<query::Piece> pieces;
    bool standardStrings = true;       // as assumed where it was cut
    query::RunOptions options;
    bool inTransaction = false;        // a guard demands it: stays open until Commit or Roll back
    std::optional<FileTarget> file;
};

// How a run ended, for the history and for the words under the results.
struct RunEnd {
    enum class Outcome { Done, Failed, Cancelled, Unknown };
    Outcome outcome = Outcome::Done;
    query::RunSummary summary;
    std::optional<Error> error;        // it could not begin, or the link was lost
    std::optional<Error> first;        // the first statement that failed
    QVector<query::FilteredRelation> filtered;
    qint64 elapsedMs = 0;
    qint64 rows = -1;
    QByteArray lastTag;
    QString fate;                      // of a transaction whose COMMIT got no answer
};

class Runner : public QObject
{
    Q_OBJECT
public:
    enum class State { Idle, Running, Cancelling };

    Runner(const PaneContext &context, const QString &database, QObject *parent = nullptr);
    ~Runner() override;

    State state() const { return m_state; }
    bool isBusy() const { return m_state != State::Idle; }
    qint64 elapsedMs() const { return isBusy() ? m_elapsed.elapsed() : 0; }
    int done() const { return m_done; } // statements of this run that have ended
    const RunRequest &request() const { return m_request; }
    QHash<QString, QString> variables() const { return m_variables; } // as the last script left them

    void run(RunRequest request);
    // The request's one statement for its file, this tab busy until it ends; what was done in words, with figures. Not told by began, told and ended.
    QFuture<Result<QString>> exportTo(RunRequest request, const Progress &progress, const CancelToken &cancel);
    void cancel();  // asks the server; the statement's end tells what came of it
    void giveUp();  // the link is given up at once; what ran there goes on or not, and nobody knows
    void end(const QByteArray &verb); // "COMMIT", "ROLLBACK"
    void setUnlocked(bool unlocked, std::function<void()> then = {}); // of this session; then: once it is so
    bool isGuarded() const;  // sessions of this profile begin read-only
    bool isUnlocked() const { return m_unlocked; }
    session::ReadOnlyLayer readOnlyLayer() const;
    void forgetNewSession();
    void reconnect();

    pg::LinkStatus link() const;
    QString database() const { return m_database; }
    struct Transaction {
        pg::TransactionState state = pg::TransactionState::Idle;
        qint64 sinceMs = 0; // Unix time
        int statements = 0;
        qint64 rows = 0;
        bool commitSent = false; // and no answer came: its fate is what was then found out, or empty
        QString fate;
        bool isOpen() const { return state == pg::TransactionState::Open || state == pg::TransactionState::Failed; }
    };
    const Transaction &transaction() const { return m_transaction; }
    bool isNewSession() const { return m_newSession; }
    // standard_conforming_strings of this tab's session, as last known; before there is one, as the server's other links have it.
    bool standardStrings() const;

signals:
    void changed(); // state, link, transaction
    void began();
    void told(const howdah::ui::RunEvent &event);
    void ended(const howdah::ui::RunEnd &end);
    // The link went while it stood, with what was open on it then.
    void linkLost(const howdah::Error &reason, const howdah::ui::Runner::Transaction &open);
    void cancelTold(const howdah::pg::CancelOutcome &outcome); // as the server confirmed it, or did not
    void historyFailed(const howdah::Error &error);
    void unlockFailed(const howdah::Error &error);

private:
    void openLink();
    void start();
    store::HistoryEntry historyLine() const;
    void exportEnded(const Result<QString> &done);
    void take();
    void note(const RunEvent &event);
    void finish(const Result<query::RunSummary> &summary, const QVector<query::FilteredRelation> &filtered);
    void linkChanged(const pg::LinkStatus &status);
    void tellLoss();
    void askRights();

    PaneContext m_context;
    QString m_database;
    QPointer<pg::Session> m_session;
    State m_state = State::Idle;
    RunRequest m_request;
    std::shared_ptr<RunOutput> m_output;
    CancelToken m_cancel;
    QElapsedTimer m_elapsed;
    qint64 m_startedMs = 0;
    int m_done = 0;
    RunEnd m_end;
    qint64 m_historyId = 0;
    QHash<QString, QString> m_variables;
    Transaction m_transaction;
    quint64 m_generation = 0; // of the backend that was last worked with
    quint64 m_toldOf = 0;     // the last whose loss was told
    Error m_lostReason;
    bool m_lostInRun = false;
    bool m_unlocked = false;
    bool m_newSession = false;
    std::optional<bool> m_standardStrings;
    quint64 m_stringsOf = 0; // the generation it is of
    std::optional<bool> m_roleMayWrite;
    bool m_rightsAsked = false;
};

} // namespace howdah::ui
