// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/logical.h"

#include "tool/process.h"

namespace howdah::backup
{

using namespace Qt::StringLiterals;

// As a POSIX shell reads it.
static QString shell(const QStringList &words)
{
    tool::Command command;
    command.program = words.constFirst();
    command.arguments = words.mid(1);
    return tool::commandLine(command);
}

QByteArray runbookOf(const DumpManifest &manifest, const QString &serverVersion, const QString &toolsWhere)
{
    const QString target = u"restored"_s;
    QStringList create{u"createdb"_s, u"--template=template0"_s, "--encoding="_L1 + manifest.encoding, "--locale-provider="_L1 + manifest.provider, "--lc-collate="_L1 + manifest.collate,
                       "--lc-ctype="_L1 + manifest.ctype};
    if (manifest.provider == "icu"_L1)
        create << "--icu-locale="_L1 + manifest.locale;
    else if (manifest.provider == "builtin"_L1)
        create << "--builtin-locale="_L1 + manifest.locale;
    create << target;
    QString text = u"# Restore %1\n\nWhat it is: the database %2 of a PostgreSQL %3, read by %4 with %5.\n"_s.arg(manifest.id, listedName(manifest.database), serverVersion, manifest.role, toolsWhere);
    text += u"These steps need nothing but PostgreSQL's own programs, of version %1 or later.\n\n"_s.arg(serverVersion.section(u'.', 0, 0));
    text += u"Restoring runs code: whoever was a superuser of the source can have put it there. Restore only what you trust.\n\n"_s;
    text += u"1. Look whether it is whole: the sums are in dump_manifest.json.\n\n       sha256sum %1\n       pg_restore --list %2\n\n"_s.arg(manifest.directory ? u"database/*"_s : manifest.path(), manifest.path());
    if (manifest.globals)
        text += u"2. Roles that are missing on the new server: read globals.sql and run what is needed of it%1. It is a script for psql, of 18.6 or a later minor.\n\n       psql -X -d postgres -f globals.sql\n\n"_s.arg(
            manifest.passwords ? u" (it has the roles' password verifiers)"_s : u" (it has no passwords: set them anew)"_s);
    else
        text += u"2. Make the roles that the objects name: %1\n\n"_s.arg(listedName(manifest.roles.join(u", "_s)));
    text += u"3. A new database, and everything into it, or nothing where an error comes.\n\n       %1\n       %2\n\n"_s.arg(
        shell(create), shell({u"pg_restore"_s, u"--exit-on-error"_s, u"--single-transaction"_s, u"-d"_s, target, manifest.path()}));
    text += u"   In its old name, with the settings and the rights of the database itself:\n\n       %1\n\n"_s.arg(shell({u"pg_restore"_s, u"--exit-on-error"_s, u"--create"_s, u"-d"_s, u"postgres"_s, manifest.path()}));
    if (!manifest.statistics)
        text += u"4. Statistics for the planner are not in it.\n\n       %1\n"_s.arg(shell({u"vacuumdb"_s, u"--analyze-in-stages"_s, u"-d"_s, target}));
    return text.toUtf8();
}

} // namespace howdah::backup
