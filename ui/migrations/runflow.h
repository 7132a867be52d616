// SPDX-License-Identifier: GPL-3.0-or-later
// Runs migrations for a person: the plan is shown and confirmed, it runs as a job with its line in the journal, and tells as it goes. Window's thread; the
// run is on a link of its own.
#pragma once

#include "migrations/run.h"
#include "ui/migrations/projectsource.h"

#include <QPointer>

namespace howdah::ui
{

// What is wanted of a run.
struct MigrationRequest {
    enum class What { Up, Down, Redo, Baseline, Adopt, Resolve };
    What what = What::Up;
    migrations::Upwards up;
    migrations::Downwards down;
    QString version; // of Baseline, Adopt, Resolve
    QString reason;  // of Adopt
    migrations::Resolved how = migrations::Resolved::Applied; // of Resolve
    bool allowOutOfOrder = false;
};

class RunFlow : public QObject
{
    Q_OBJECT
public:
    RunFlow(const PaneContext &context, QWidget *window);

    void begin(const Project &project, const MigrationOptions &options, const MigrationRequest &request);
    bool isRunning() const { return m_job && m_job->state() == session::Job::State::Running; }
    void giveUp(); // what runs: cancelled on the server
    int backendPid() const; // of the link it runs on; 0: none yet

signals:
    void refused(const QString &what, const howdah::Error &error); // before anything was done
    void began(const QString &title, const QStringList &names);
    void told(const howdah::migrations::Told &told);
    void ended(const howdah::migrations::Run &run);

private:
    struct Planned;
    Result<Planned> planned(const Project &project, const MigrationOptions &options, const MigrationRequest &request) const;
    void run(const std::shared_ptr<const Planned> &planned);
    pg::Session *link();

    PaneContext m_context;
    QWidget *m_window;
    QPointer<pg::Session> m_link;
    QPointer<session::Job> m_job;
};

} // namespace howdah::ui
