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

    // Those before it that are pending too run first, since it stands on them; what is told is of `file` alone, as it is given. `hash` tells its text from
    // another of that version, and is given back with what was seen. Does nothing while one runs.
    void begin(const Project &project, const MigrationOptions &options, const migrations::File &file, const QByteArray &hash);
    bool isRunning() const { return m_asks || (m_job && m_job->state() == session::Job::State::Running); }
    bool isRunning(const QString &version, const QByteArray &hash) const { return isRunning() && m_version == version && m_hash == hash; }
    void drop(); // what runs is of settings that hold no more: given up, and not told

signals:
    void began(const QString &version);
    void seen(const QString &version, const QByteArray &hash, const howdah::migrations::Preview &preview);
    void failed(const QString &version, const QByteArray &hash, const howdah::Error &error);

private:
    void fails(const Error &error);
    void ask(const Project &project, const MigrationOptions &options, const migrations::File &file, const migrations::TargetFacts &target, const QStringList &roles);

    PaneContext m_context;
    Worker m_worker;
    QPointer<session::Job> m_job;
    QString m_version; // what runs, or ran last
    QByteArray m_hash;
    quint64 m_number = 0; // of it: an answer to an earlier one is dropped
    bool m_asks = false;
};

} // namespace howdah::ui
