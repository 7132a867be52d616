// SPDX-License-Identifier: GPL-3.0-or-later
// Renames: a file of their own, before whatever else differs.
#include "migrations/generateparts.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

QString RenameQuestion::text() const
{
    return u"Is the %1 %2 now %3? Then say --rename %2=%3; else its data are dropped"_s.arg(kind, from, to);
}

Result<GeneratedFile> renameFile(const QStringList &renames, const Snapshot &in, const QString &title)
{
    GeneratedFile file;
    file.title = title + u", renames"_s;
    for (const QString &rename : renames) {
        const qsizetype equals = rename.indexOf(u'=');
        const QString old = rename.left(equals).trimmed(), now = splitLast(rename.mid(equals + 1).trimmed()).second;
        const Item *item = nullptr;
        for (const QString &identity : {old, QString(u"public."_s + old)}) {
            for (const auto &kind : {u"column"_s, u"table"_s, u"view"_s, u"materialized view"_s, u"sequence"_s, u"index"_s, u"constraint"_s, u"enum"_s, u"domain"_s, u"composite type"_s})
                item = item ? item : in.find(kind + u' ' + identity);
        }
        if (equals <= 0 || now.isEmpty() || !item)
            return fail(ErrorKind::Client, u"bad_rename"_s, u"There is nothing called %1 to be renamed"_s.arg(old), u"Such as --rename public.orders.total=public.orders.amount"_s);
        const bool part = item->kind == "column"_L1 || item->kind == "constraint"_L1;
        const QString head = part ? u"ALTER TABLE "_s + item->parent : u"ALTER %1 %2"_s.arg(isType(item->kind) && item->kind != "domain"_L1 ? u"TYPE"_s : item->kind.toUpper(), item->identity); // sql-ok: for the migration's file
        const QString renamed = part ? head : u"ALTER %1 %2.%3"_s.arg(head.section(u' ', 1, -2), splitLast(item->identity).first, now); // sql-ok: for the migration's file
        const QString word = part ? u" RENAME "_s + item->kind.toUpper() : u" RENAME"_s;
        file.up.append({{}, part ? u"%1%2 %3 TO %4"_s.arg(head, word, item->name, now) : u"%1%2 TO %3"_s.arg(head, word, now)});
        file.down.prepend({{}, part ? u"%1%2 %3 TO %4"_s.arg(head, word, now, item->name) : u"%1%2 TO %3"_s.arg(renamed, word, item->name)});
    }
    return file;
}

} // namespace howdah::migrations
