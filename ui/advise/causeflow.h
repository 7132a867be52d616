// SPDX-License-Identifier: GPL-3.0-or-later
// Why one statement is slow, looked for: its figures and waits out of the store, auto_explain's plans out of the log, else the plan as the server would
// make it now; nothing is run and nothing is written. A job of the window, with progress and a cancel, on a link of its own. Window's thread; what the
// context points to outlives it.
#pragma once

#include "advise/advice.h"
#include "base/progress.h"
#include "ui/shell/pane.h"

#include <QPointer>

namespace howdah::ui
{

struct CausesAsked {
    statements::Key key;
    QString database;
    qint64 fromMs = 0; // both 0: all since the statistics began
    qint64 toMs = 0;
    bool isLifetime() const { return toMs == 0; }
};

struct Causes {
    CausesAsked asked;
    advise::Advised advised;           // about this statement alone
    statements::TopList list;          // in which it was seen, for shares
    std::optional<advise::Looked> looked; // nullopt: it did nothing in this time
    bool logRead = false;
    bool waitsKnown = false;
    QString loggedValues; // of its slowest logged run, as the log tells them; empty: none are known
};

class CauseFlow : public QObject
{
    Q_OBJECT
public:
    explicit CauseFlow(const PaneContext &context, QObject *parent = nullptr);
    ~CauseFlow() override;

    bool mayLook() const; // there is a server
    bool isBusy() const { return bool(m_job); }
    void look(const CausesAsked &asked); // in place of what runs
    void cancel();                       // tells nothing any more

signals:
    void busyChanged(bool busy);
    void stepped(const howdah::ProgressStep &step);
    void found(const howdah::ui::Causes &causes);
    void failed(const howdah::Error &error);

private:
    struct Run;
    void begin(const std::shared_ptr<Run> &run);
    void readLog(const std::shared_ptr<Run> &run, bool byMonitor);
    void gather(const std::shared_ptr<Run> &run);
    void drop();

    PaneContext m_context;
    QPointer<session::Job> m_job;
    QPointer<pg::Session> m_link;
    QString m_database; // of the link
    quint64 m_number = 0; // of what was asked last
};

} // namespace howdah::ui
