// SPDX-License-Identifier: GPL-3.0-or-later
// From what was changed by hand in a database to the files that make it: its catalog against what the migrations make in a scratch database, the files run forth
// and back there before they are shown. A job with progress and a cancel; the database is only read. Window's thread.
#pragma once

#include "migrations/generate.h"
#include "ui/migrations/projectsource.h"

#include <QPointer>

namespace howdah::ui
{

// Where it was changed: a database of this server, or of a saved one.
struct CompareSource {
    QString title;    // "dev on this server", "staging (db2:5432)"
    QString database; // of this server; empty: `profile`
    session::Profile profile;
};

struct Compared {
    migrations::Generated generated;
    QStringList notSeen; // in words: what was not compared
    QString where;       // the sandbox
};

class CompareFlow : public QObject
{
    Q_OBJECT
public:
    CompareFlow(const PaneContext &context, QObject *parent);

    void readSources(); // sourcesRead tells
    // `renames`: "public.t.a=public.t.b", as they were answered. Takes the place of one that runs, which is given up. Its number, which its answer bears; 0: it
    // can't be begun.
    quint64 begin(const Project &project, const MigrationOptions &options, const CompareSource &source, const QString &title, const QStringList &renames);
    void cancel(quint64 number); // does nothing where another one has begun; it tells nothing any more

signals:
    void sourcesRead(const QVector<howdah::ui::CompareSource> &sources);
    void compared(quint64 number, const howdah::ui::Compared &compared);
    void failed(quint64 number, const howdah::Error &error);

private:
    struct Asked;
    void drop();
    void readDesired(const Project &project, const MigrationOptions &options, const QString &title, const QStringList &renames);
    void work(const std::shared_ptr<const Asked> &asked);
    void fails(const Error &error);

    PaneContext m_context;
    Worker m_worker;
    QPointer<pg::Session> m_link;
    QPointer<session::Job> m_job;
    quint64 m_number = 0; // of what was begun last; what bears another is of no interest any more
};

} // namespace howdah::ui
