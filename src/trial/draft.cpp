// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial/draft.h"

#include "migrations/ddl.h"
#include "migrations/folder.h"
#include "migrations/fromdiff.h"
#include "pg/identifiers.h"
#include "pg/quote.h"

#include <QMap>

namespace howdah::trial
{

using namespace Qt::StringLiterals;
using migrations::GeneratedFile;

namespace
{

QString bare(const QString &name)
{
    const QStringList names = pg::identifiersOf(name, u'.');
    return names.isEmpty() ? name : names.last();
}

// "orders customer_id"
QString aboutOf(const Remedy &remedy)
{
    QStringList words{bare(remedy.relation)};
    for (const QString &column : remedy.columns)
        words.append(column.isEmpty() ? u"expression"_s : bare(column));
    if (remedy.columns.isEmpty() && remedy.kind == Remedy::Kind::Index)
        words.append(u"expression"_s);
    return words.join(u' ');
}

// With the schema of its table, where that is named: an index lies in the schema of its table.
QString qualified(const QString &name, const QString &relation)
{
    const QStringList names = pg::identifiersOf(relation, u'.');
    return names.size() < 2 || pg::identifiersOf(name, u'.').size() > 1 ? name : QString(pg::displayIdentifier(names[names.size() - 2]) + u'.' + name);
}

QString withConcurrently(const QString &statement)
{
    const QByteArray text = statement.toUtf8();
    const migrations::Ddl ddl = migrations::recognise(text);
    if (ddl.concurrently || ddl.keywordEnd <= 0)
        return statement;
    return QString::fromUtf8(text.left(ddl.keywordEnd) + " CONCURRENTLY" + text.mid(ddl.keywordEnd));
}

struct Parts {
    GeneratedFile indexes;  // without a transaction
    GeneratedFile together; // in one
    QStringList left;
};

// As it was run, but for where names are looked for.
Remedy withItsSchema(const RemedyRun &run)
{
    Remedy remedy = run.remedy;
    if (!run.made.isEmpty() && !run.made.first().relation.isEmpty())
        remedy.text = withRelation(remedy, run.made.first().relation);
    return remedy;
}

const Made *madeBy(const RemedyRun &run, const Trial &trial)
{
    return trial.on == Trial::On::Lab && !run.made.isEmpty() ? &run.made.first() : nullptr;
}

// IF NOT EXISTS.
bool wasThere(const RemedyRun &run, const Trial &trial)
{
    return trial.on == Trial::On::Lab && run.made.isEmpty() && (run.remedy.kind == Remedy::Kind::Index || run.remedy.kind == Remedy::Kind::Statistics);
}

void title(GeneratedFile &file, const QString &what, const Remedy &remedy)
{
    file.title = file.title.isEmpty() ? u"add %1 %2"_s.arg(what, aboutOf(remedy)) : QString(file.title + u" and "_s + aboutOf(remedy));
}

Done addIndex(const RemedyRun &run, const Trial &trial, Parts &parts)
{
    const Remedy remedy = withItsSchema(run);
    const Made *made = madeBy(run, trial);
    const QString name = !remedy.name.isEmpty() ? remedy.name : made ? pg::displayIdentifier(bare(made->name)) : usualName(remedy);
    auto text = withName(remedy, name);
    if (!text)
        return fail(std::move(text.error()));
    const QString whole = made ? made->name : qualified(name, run.made.isEmpty() ? remedy.relation : run.made.first().relation);
    if (made && made->partitioned) {
        // The server builds none CONCURRENTLY on a partitioned table.
        parts.together.upNotes.append(u"-- The index of a partitioned table is not built CONCURRENTLY: writes to it wait meanwhile."_s);
        parts.together.up.append({{}, *text});
        parts.together.down.prepend({{}, u"DROP INDEX %1"_s.arg(whole)}); // sql-ok: of a name
        title(parts.together, u"index"_s, remedy);
        return {};
    }
    parts.indexes.transaction = false;
    parts.indexes.up.append({{}, withConcurrently(*text)});
    parts.indexes.down.prepend({{}, u"DROP INDEX CONCURRENTLY %1"_s.arg(whole)}); // sql-ok: of a name
    title(parts.indexes, u"index"_s, remedy);
    return {};
}

Done addStatistics(const RemedyRun &run, const Trial &trial, Parts &parts)
{
    const Remedy remedy = withItsSchema(run);
    const Made *made = madeBy(run, trial);
    const QString name = !remedy.name.isEmpty() ? remedy.name : made ? made->name : qualified(usualName(remedy), remedy.relation);
    auto text = withName(remedy, name);
    if (!text)
        return fail(std::move(text.error()));
    parts.together.up.append({{}, *text});
    parts.together.down.prepend({{}, u"DROP STATISTICS %1"_s.arg(made ? made->name : name)}); // sql-ok: of a name
    title(parts.together, u"statistics"_s, remedy);
    return {};
}

QString whyLeft(const Remedy &remedy)
{
    switch (remedy.kind) {
    case Remedy::Kind::Setting:
        return u"%1 is of the session: SET LOCAL around the statement, or ALTER ROLE … SET for who runs it"_s.arg(remedy.text); // sql-ok: a hint, not run
    case Remedy::Kind::Analyze:
    case Remedy::Kind::Vacuum:
        return u"%1 is upkeep, and no change: run it once, and see why autovacuum did not"_s.arg(remedy.text);
    case Remedy::Kind::Reindex: return u"%1 is upkeep, and no change: run it once, CONCURRENTLY"_s.arg(remedy.text);
    default: return u"%1: its way back is not known here; howdahctl migrate new makes an empty file for it"_s.arg(remedy.text);
    }
}

} // namespace

Result<Draft> draftOf(const Trial &trial)
{
    Parts parts;
    QMap<QString, QString> analyzed; // what statistics wait for: as it was named, and with its schema
    for (const RemedyRun &run : trial.remedies) {
        const Remedy &remedy = run.remedy;
        Done added;
        if (wasThere(run, trial)) {
            parts.left.append(u"%1: it was there already"_s.arg(remedy.text));
        } else if (!run.made.isEmpty() && run.made.first().adopted > 0) {
            parts.left.append(u"%1: partitions have such indexes already, which the way back would drop with it; write it by hand"_s.arg(remedy.text));
        } else if (remedy.kind == Remedy::Kind::Index) {
            added = addIndex(run, trial, parts);
        } else if (remedy.kind == Remedy::Kind::Statistics) {
            added = addStatistics(run, trial, parts);
            analyzed.insert(remedy.relation, run.made.isEmpty() ? remedy.relation : run.made.first().relation);
        } else if (remedy.kind == Remedy::Kind::Analyze && analyzed.contains(remedy.relation)) {
            parts.together.up.append({{}, withRelation(remedy, analyzed.value(remedy.relation))});
        } else {
            parts.left.append(whyLeft(remedy));
        }
        if (!added)
            return fail(std::move(added.error()));
    }
    Draft draft;
    draft.left = parts.left;
    draft.purpose = u"Tried on %1: %2"_s.arg(trial.where, trial.judgement.words);
    for (const GeneratedFile &file : {parts.together, parts.indexes}) {
        if (!file.up.isEmpty())
            draft.files.append(file);
    }
    return draft;
}

QString slugOf(const GeneratedFile &file)
{
    return migrations::slugOf(file.title);
}

QByteArray textOf(const Draft &draft, const GeneratedFile &file)
{
    return migrations::migrationText(draft.purpose, file.section(false), file.section(true), file.transaction ? QByteArray() : QByteArray("transaction:false"));
}

Result<QStringList> writeDraft(const Draft &draft, const QString &folder, qint64 nowMs)
{
    migrations::Generated generated;
    generated.files = draft.files;
    return migrations::writeGenerated(folder, generated, draft.purpose, nowMs);
}

} // namespace howdah::trial
