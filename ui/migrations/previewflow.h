// SPDX-License-Identifier: GPL-3.0-or-later
// Has migrations tried in a sandbox, and asks the target who would stand in the way now. A job with progress and a cancel; the target is only read. Window's
// thread.
#pragma once

#include "migrations/preview.h"
#include "ui/migrations/projectsource.h"

#include <QPointer>

namespace howdah::ui
{

class PreviewFlow : public QObject
{
    Q_OBJECT
public:
    PreviewFlow(const PaneContext &context, QObject *parent);

    // Those before it that are pending too run first, since it stands on them; what is told is of `file` alone, as it is given.
    void begin(const Project &project, const MigrationOptions &options, const migrations::File &file);
    bool isRunning() const { return m_job && m_job->state() == session::Job::State::Running; }

signals:
    void began(const QString &version);
    void seen(const QString &version, const howdah::migrations::Preview &preview);
    void failed(const QString &version, const howdah::Error &error);

private:
    void ask(const Project &project, const MigrationOptions &options, const migrations::File &file, const migrations::TargetFacts &target, const QStringList &roles);

    PaneContext m_context;
    Worker m_worker;
    QPointer<session::Job> m_job;
};

} // namespace howdah::ui
