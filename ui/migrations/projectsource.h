// SPDX-License-Identifier: GPL-3.0-or-later
// A folder of migrations and what the database says of it, read again when the files change, when somebody asks, and after a run. Window's thread; the
// reading is not.
#pragma once

#include "migrations/folder.h"
#include "migrations/foreign.h"
#include "migrations/lintfacts.h"
#include "migrations/state.h"
#include "ui/shell/pane.h"

#include <QTimer>

namespace howdah::ui
{

struct MigrationOptions {
    QString folder; // empty: none chosen yet
    QString role;   // as whom it is read and run; empty: the profile's own
    QString searchPath = QStringLiteral("public");
    int lockTimeoutMs = 3000;
    int tries = 10;
};

struct Project {
    migrations::Folder folder;
    migrations::SumCheck sum;
    migrations::Ledger ledger;
    migrations::State state;
    migrations::LintFacts facts;
    QHash<QString, QList<migrations::Finding>> findings; // of what is pending, by version
    QString running; // who runs migrations there now; empty: nobody

    // The file of a version, or its text as it was run where the file is gone; nullopt: nobody has it.
    std::optional<migrations::File> fileOf(const QString &version) const;
    const migrations::Entry *entry(const QString &version) const;
    int standing(const QString &version) const; // findings that are no notes and not waived
    QStringList pending() const;                // versions, in the order in which they would be run
};

class ProjectSource : public QObject
{
    Q_OBJECT
public:
    ProjectSource(const PaneContext &context, QObject *parent);

    void setOptions(const MigrationOptions &options); // and reads
    const MigrationOptions &options() const { return m_options; }
    void setShown(bool shown); // the folder is looked at while it is
    void readNow();
    Worker &worker() { return m_worker; } // for files

signals:
    void read(const howdah::ui::Project &project);
    // The folder holds none of ours, but those of other tools: those whose files are there first.
    void foreignRead(const QVector<howdah::migrations::ForeignProject> &projects);
    void failed(const QString &what, const howdah::Error &error);

private:
    void look();
    void readForeign(const QVector<migrations::ForeignProject> &files, quint64 number);
    void readServer(migrations::Folder folder, const migrations::SumCheck &sum, quint64 number);

    PaneContext m_context;
    Worker m_worker;
    MigrationOptions m_options;
    QTimer m_look;
    QStringList m_elsewhere; // folders in which another tool's files lie
    QByteArray m_seen; // names, sizes and times of the files as they were read
    quint64 m_number = 0;
};

} // namespace howdah::ui
