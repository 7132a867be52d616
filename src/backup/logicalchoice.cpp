// SPDX-License-Identifier: GPL-3.0-or-later
// Which entries of a dump belong to a table: by their numbers where our record has them, else by the names in pg_restore's list.
#include "backup/logicalrestore.h"

#include <QSet>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

bool isRelation(const QString &kind)
{
    return kind == "TABLE"_L1 || kind == "VIEW"_L1 || kind == "MATERIALIZED VIEW"_L1 || kind == "SEQUENCE"_L1 || kind == "FOREIGN TABLE"_L1;
}

// "schema name owner", as it is listed.
QString bodyOf(const DumpEntry &entry)
{
    return QString::fromUtf8(entry.line).section(u' ', 3).mid(entry.kind.size() + 1);
}

// Does an entry without a number of its own (a grant, a comment, an attachment) speak of this relation?
bool speaksOf(const QString &body, const QString &kind, const QString &schema, const QString &name)
{
    const auto begins = [&](const QString &words) { return body.startsWith(schema + u' ' + words); };
    if (kind == "ACL"_L1 || kind == "COMMENT"_L1 || kind == "SECURITY LABEL"_L1) {
        for (const QString &what : {u"TABLE "_s, u"VIEW "_s, u"MATERIALIZED VIEW "_s, u"SEQUENCE "_s, u"FOREIGN TABLE "_s, u"INDEX "_s}) {
            if (begins(what + name + u' '))
                return true;
        }
        if (begins(u"COLUMN "_s + name + u'.'))
            return true;
        const bool ofPart = begins(u"CONSTRAINT "_s) || begins(u"TRIGGER "_s) || begins(u"POLICY "_s) || begins(u"RULE "_s);
        return ofPart && body.contains(u" ON "_s + name + u' ');
    }
    return begins(name + u' ');
}

// Is it listed under this schema, and not under another whose name begins with this one's and a space?
bool liesIn(const QString &body, const QString &schema, const QStringList &schemas)
{
    return body.startsWith(schema + u' ') && std::none_of(schemas.begin(), schemas.end(), [&](const QString &other) {
               return other.size() > schema.size() && other.startsWith(schema + u' ') && body.startsWith(other + u' ');
           });
}

} // namespace

Result<QVector<DumpEntry>> chosenEntries(const DumpSource &dump, const QStringList &only, QStringList *notes)
{
    const QVector<DumpEntry> &all = dump.listing.entries;
    if (only.isEmpty())
        return all;
    QSet<quint32> tables;  // by oid
    QSet<QString> schemas; // of those
    QSet<QString> whole;
    QStringList known; // as they are listed
    for (const DumpEntry &entry : all) {
        if (!entry.schema.isEmpty() && !known.contains(listedName(entry.schema)))
            known << listedName(entry.schema);
    }
    const auto inWhole = [&](const DumpEntry &entry) {
        const QString body = bodyOf(entry);
        return std::any_of(whole.begin(), whole.end(), [&](const QString &schema) { return liesIn(body, listedName(schema), known) || body.startsWith("- SCHEMA "_L1 + listedName(schema) + u' '); });
    };
    for (const QString &text : only) {
        const auto word = parseRelationWord(text);
        if (!word)
            return fail(word.error());
        bool found = false;
        for (const DumpEntry &entry : all) {
            if (entry.schema != word->schema || entry.schema.isEmpty())
                continue;
            if (word->name.isEmpty()) {
                whole.insert(word->schema);
                found = true;
            } else if (isRelation(entry.kind) && entry.name == word->name) {
                tables.insert(entry.oid);
                schemas.insert(word->schema);
                found = true;
            }
        }
        if (!found)
            return fail(ErrorKind::Client, u"no_such_table"_s, u"%1 has no %2"_s.arg(dump.name, text), u"howdahctl backup contents shows what it has"_s);
    }
    if (!dump.manifest)
        *notes << u"there is no record of ours with this dump: which indexes belong to a table can't be told, and only constraints' own come along"_s;
    // A partitioned table without its partitions would have no rows.
    for (bool more = dump.manifest.has_value() && !tables.isEmpty(); more;) {
        more = false;
        for (const DumpRelation &one : dump.manifest->relations) {
            if (one.parent != 0 && tables.contains(one.parent) && !tables.contains(one.oid)) {
                tables.insert(one.oid);
                schemas.insert(one.schema);
                more = true;
            }
        }
    }
    const auto ownerOf = [&](const DumpEntry &entry) { return dump.manifest && entry.catalog != 0 ? dump.manifest->parts.value(DumpManifest::partKey(entry.catalog, entry.oid)) : 0; };
    // Names under which entries without a number speak of what is chosen: of the tables, their sequences and their indexes.
    QVector<QPair<QString, QString>> names;
    QVector<bool> chosen(all.size(), false);
    for (qsizetype i = 0; i < all.size(); ++i) {
        const DumpEntry &entry = all.at(i);
        const quint32 owner = ownerOf(entry);
        const bool itself = (entry.catalog == classCatalog || entry.catalog == 0) && entry.oid != 0 && tables.contains(entry.oid);
        chosen[i] = itself || (owner != 0 && tables.contains(owner)) || inWhole(entry);
        if (!chosen.at(i) || entry.catalog == 0 || inWhole(entry))
            continue;
        names.append({listedName(entry.schema), listedName(entry.name)});
        if (entry.kind == "CONSTRAINT"_L1) { // "table constraint": its index has the constraint's name
            for (const DumpRelation &one : dump.manifest ? dump.manifest->relations : QVector<DumpRelation>()) {
                if (one.oid == owner && listedName(entry.name).startsWith(listedName(one.name) + u' '))
                    names.append({listedName(entry.schema), listedName(entry.name).mid(listedName(one.name).size() + 1)});
            }
        }
    }
    for (qsizetype i = 0; i < all.size(); ++i) {
        const DumpEntry &entry = all.at(i);
        const QString body = bodyOf(entry);
        if (entry.kind == "SCHEMA"_L1) {
            chosen[i] = std::any_of(schemas.begin(), schemas.end(), [&](const QString &schema) { return body.startsWith("- "_L1 + listedName(schema) + u' '); })
                || std::any_of(whole.begin(), whole.end(), [&](const QString &schema) { return body.startsWith("- "_L1 + listedName(schema) + u' '); });
            continue;
        }
        const bool unnumbered = entry.oid == 0;
        const bool named = !dump.manifest && (entry.kind.endsWith("CONSTRAINT"_L1) || entry.kind == "TRIGGER"_L1 || entry.kind == "POLICY"_L1 || entry.kind == "RULE"_L1 || entry.kind == "DEFAULT"_L1);
        if (chosen.at(i) || !(unnumbered || named))
            continue;
        chosen[i] = std::any_of(names.begin(), names.end(), [&](const auto &one) { return speaksOf(body, entry.kind, one.first, one.second); });
    }
    QVector<DumpEntry> entries;
    for (qsizetype i = 0; i < all.size(); ++i) {
        if (chosen.at(i))
            entries << all.at(i);
    }
    return entries;
}

} // namespace howdah::backup
