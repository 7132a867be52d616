// SPDX-License-Identifier: GPL-3.0-or-later
// What a statement could do that its author may not have meant. Found by our lexer (query/hazards.h), as help and never as a boundary: DO
// blocks, functions and views hide whatever they like. A value, any thread.
#pragma once

#include <QString>
#include <QVector>

namespace howdah::session
{

struct Hazard {
    enum class Kind {
        UpdateWithoutWhere, DeleteWithoutWhere, MergeOfAll, Truncate, Drop, DropDatabase, AlterTableRewrite, AlterSystem, CopyProgram, CopyServerFile,
        RoleChange, GrantToPublic, TerminateBackend, Reload, DisableTrigger, DisableRowSecurity, Vacuum, SecurityDefiner, ReadOnlyOff, DoBlock,
        RemoveFiles // no statement: what a plan of ours removes from a disk
    };
    Kind kind;
    QString object;        // as it was written: "public.orders"; empty where there is none
    qsizetype begin = 0;   // where in the text, bytes
    qsizetype length = 0;
};

QString hazardText(const Hazard &hazard); // "UPDATE without WHERE changes every row of public.orders"

} // namespace howdah::session
