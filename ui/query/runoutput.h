// SPDX-License-Identifier: GPL-3.0-or-later
// What a run tells, on its way from the link's thread to the window's: rows go into their ResultStore at once, all else into a queue that
// blocks the link when the window does not keep up. Shared by both threads.
#pragma once

#include "query/resultstore.h"
#include "query/run.h"

#include <QObject>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace howdah::ui
{

struct RunEvent {
    enum class Kind { StatementBegins, ResultBegins, ResultEnds, Notice, CopyOut, Message, StatementEnds, PiecesChanged };
    Kind kind;
    int index = 0;
    std::shared_ptr<query::ResultStore> store; // of both about results
    QByteArray bytes;         // ResultEnds: the tag; CopyOut: all of it
    bool cut = false;         // CopyOut: more than is kept; the statement was stopped
    pg::Notice notice;
    QString text;             // Message
    query::StatementEnd end;  // StatementEnds
    std::vector<query::Piece> pieces; // PiecesChanged
    qint64 atMs = 0;          // monotonic, when it happened
};

class RunOutput : public query::Output
{
public:
    // `wake` is called on the link's thread when there is something to take and nothing was before; with a lock held: it only posts.
    RunOutput(query::ResultBudget budget, CancelToken cancel, std::function<void()> wake);

    std::vector<RunEvent> take(); // the window's thread
    void leave();                 // nobody takes any more: nothing blocks, what still comes is dropped
    void endAfterThisStatement(); // a cancel was asked for: no further statement begins

    void statementBegins(int index, const query::Piece &piece) override;
    pg::RowSink *resultBegins(int index, const std::vector<pg::Column> &columns) override;
    void resultEnds(int index, const QByteArray &tag) override;
    void notice(int index, const pg::Notice &notice) override;
    bool copyOut(int index, QByteArrayView bytes) override;
    void statementEnds(int index, const query::StatementEnd &end) override;
    void message(int index, const QString &text) override;
    void piecesChanged(const std::vector<query::Piece> &pieces) override;

private:
    void put(RunEvent event);

    const query::ResultBudget m_budget;
    const CancelToken m_cancel;
    std::mutex m_mutex;
    std::condition_variable m_taken;
    std::function<void()> m_wake; // null once left
    std::vector<RunEvent> m_events;
    std::shared_ptr<query::ResultStore> m_store; // of the result that comes now
    QByteArray m_copied;
    bool m_copyCut = false;
    int m_results = 0;
    std::atomic<bool> m_endsAfter = false;
};

} // namespace howdah::ui
