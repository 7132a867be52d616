// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ctl.h"

#include "pg/connection.h"

#include <QCoreApplication>

#include <sys/prctl.h>
#include <sys/resource.h>

namespace howdah::ctl
{

void addVerbs(CLI::App &app, Ctl &ctl)
{
    addSessionVerbs(app, ctl);
    addProfileVerbs(app, ctl);
    addStackVerbs(app, ctl);
    addBackupVerbs(app, ctl);
    addPitrVerbs(app, ctl);
    addBackupDumpVerbs(app, ctl);
    addBackupReadyVerbs(app, ctl);
    addBackupScheduleVerbs(app, ctl);
    addCatalogVerbs(app, ctl);
    addMetricsVerbs(app, ctl);
    addActivityVerbs(app, ctl);
    addStatementVerbs(app, ctl);
    addHealthVerbs(app, ctl);
    addServeVerb(app, ctl);
    addQueryVerb(app, ctl);
    addExplainVerb(app, ctl);
    addShellVerb(app, ctl);
    addJournalVerb(app, ctl);
    addMigrateVerbs(app, ctl);
    addPlanVerb(app, ctl);
}

} // namespace howdah::ctl

int main(int argc, char **argv)
{
    // Passwords are in this process's memory: neither a core dump nor another process of the user's may read it.
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
    howdah::pg::forgetEnvironment();

    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("howdahctl"));
    QCoreApplication::setApplicationVersion(QStringLiteral(HOWDAH_VERSION));
    howdah::ctl::Ctl ctl;
    return ctl.run(argc, argv);
}
