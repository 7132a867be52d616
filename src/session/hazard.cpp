// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/hazard.h"

#include "base/units.h"

namespace howdah::session
{

QString hazardText(const Hazard &hazard)
{
    const auto of = [&](const char *withObject, const char *without) {
        return hazard.object.isEmpty() ? QString::fromUtf8(without) : QString::fromUtf8(withObject).arg(units::oneLine(hazard.object));
    };
    switch (hazard.kind) {
    case Hazard::Kind::UpdateWithoutWhere: return of("UPDATE without WHERE changes every row of %1", "UPDATE without WHERE changes every row");
    case Hazard::Kind::DeleteWithoutWhere: return of("DELETE without WHERE removes every row of %1", "DELETE without WHERE removes every row");
    case Hazard::Kind::MergeOfAll: return of("MERGE may change or remove every row of %1", "MERGE may change or remove every row");
    case Hazard::Kind::Truncate: return of("TRUNCATE removes every row of %1", "TRUNCATE removes every row"); // sql-ok: words
    case Hazard::Kind::Drop: return of("DROP removes %1", "DROP removes an object"); // sql-ok: words
    case Hazard::Kind::DropDatabase: return of("DROP DATABASE removes %1 with everything in it", "DROP DATABASE removes everything in it"); // sql-ok: words
    case Hazard::Kind::AlterTableRewrite: return of("ALTER TABLE writes %1 anew and locks it while it does", "ALTER TABLE writes the table anew and locks it while it does"); // sql-ok: words
    case Hazard::Kind::AlterSystem: return of("ALTER SYSTEM changes %1 for the whole server", "ALTER SYSTEM changes the whole server"); // sql-ok: words
    case Hazard::Kind::CopyProgram: return of("COPY … PROGRAM runs a program on the server: %1", "COPY … PROGRAM runs a program on the server");
    case Hazard::Kind::CopyServerFile: return of("COPY reads or writes the server's file %1", "COPY reads or writes a file of the server");
    case Hazard::Kind::RoleChange: return of("The role %1 is changed, with what it may do", "A role is changed, with what it may do");
    case Hazard::Kind::GrantToPublic: return of("GRANT … TO PUBLIC lets every role use %1", "GRANT … TO PUBLIC lets every role in");
    case Hazard::Kind::TerminateBackend: return QStringLiteral("Another session is ended or its statement cancelled");
    case Hazard::Kind::Reload: return QStringLiteral("The server reads its configuration anew");
    case Hazard::Kind::DisableTrigger: return of("Triggers of %1 are switched off, foreign keys among them", "Triggers are switched off, foreign keys among them");
    case Hazard::Kind::DisableRowSecurity: return of("Row security of %1 is switched off", "Row security is switched off");
    case Hazard::Kind::Vacuum: return of("VACUUM FULL writes %1 anew and locks it while it does", "VACUUM FULL writes tables anew and locks them while it does");
    case Hazard::Kind::SecurityDefiner: return of("The function %1 runs with its owner's rights", "A function runs with its owner's rights");
    case Hazard::Kind::ReadOnlyOff: return QStringLiteral("The session's read-only setting is taken off");
    case Hazard::Kind::RemoveFiles: return of("%1 is removed with all its files, and nothing brings it back", "Files are removed, and nothing brings them back");
    case Hazard::Kind::DoBlock: return QStringLiteral("A DO block hides what it does");
    }
    return {};
}

} // namespace howdah::session
