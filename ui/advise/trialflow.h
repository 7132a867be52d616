// SPDX-License-Identifier: GPL-3.0-or-later
// A remedy tried: on a lab, which is a copy, or as HypoPG's estimate on the server, which runs nothing. Jobs of the window, with progress and a cancel, on a
// worker and on a link of their own. Window's thread; what the context points to outlives it.
#pragma once

#include "trial/trial.h"
#include "trial/ways.h"
#include "ui/shell/pane.h"

#include <QPointer>

namespace howdah::ui
{

class TrialFlow : public QObject
{
    Q_OBJECT
public:
    explicit TrialFlow(const PaneContext &context, QObject *parent = nullptr);
    ~TrialFlow() override;

    bool isBusy() const { return bool(m_job); }
    void readWays(const QString &database);
    void tryOnLab(const QString &lab, const QString &database, const trial::TrialRequest &request);
    void tryHypothetical(const QString &database, const trial::TrialRequest &request);
    void cancel(); // what runs is cancelled where it runs; what it made is taken back there. Its end is told by failed()

signals:
    void waysRead(const howdah::trial::Ways &ways);
    void busyChanged(bool busy);
    void stepped(const howdah::ProgressStep &step);
    void tried(const howdah::trial::Trial &trial);
    void failed(const howdah::Error &error);

private:
    using Told = std::shared_ptr<Result<trial::Trial>>;
    void follow(session::Job *job, const Told &told);

    PaneContext m_context;
    Worker m_worker;
    QPointer<session::Job> m_job;
    QPointer<pg::Session> m_link;
};

} // namespace howdah::ui
