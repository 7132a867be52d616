// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial/remedy.h"

#include "migrations/clusterwide.h"
#include "migrations/ddl.h"
#include "migrations/statementlocks.h"
#include "pg/identifiers.h"
#include "pg/quote.h"
#include "query/splitter.h"
#include "query/statement.h"

#include <algorithm>

namespace howdah::trial
{

using namespace Qt::StringLiterals;
using migrations::Ddl;

namespace
{

constexpr qsizetype longestName = 63; // bytes, as the server cuts them

tl::unexpected<Error> noRemedy(const QString &what)
{
    static const QString hint = u"CREATE INDEX, CREATE STATISTICS, ANALYZE, VACUUM, REINDEX, CLUSTER, SET, ALTER TABLE, DROP INDEX: one each"_s; // sql-ok: a hint
    return fail(ErrorKind::Client, u"no_remedy"_s, what, hint);
}

std::optional<Remedy::Kind> kindOf(const Ddl &ddl)
{
    using K = Ddl::Kind;
    const auto is = [&](std::initializer_list<const char *> objects) {
        return std::any_of(objects.begin(), objects.end(), [&](const char *one) { return ddl.object == QLatin1StringView(one); });
    };
    switch (ddl.kind) {
    case K::Create:
        if (is({"index"}))
            return Remedy::Kind::Index;
        return is({"statistics"}) ? std::optional(Remedy::Kind::Statistics) : std::nullopt;
    case K::Analyze: return Remedy::Kind::Analyze;
    case K::Vacuum: return Remedy::Kind::Vacuum;
    case K::Reindex: return Remedy::Kind::Reindex;
    case K::Cluster: return Remedy::Kind::Change;
    case K::Set: return Remedy::Kind::Setting;
    case K::Alter: return is({"table", "index", "statistics", "materialized view"}) ? std::optional(Remedy::Kind::Change) : std::nullopt;
    case K::Drop: return is({"index", "statistics"}) ? std::optional(Remedy::Kind::Change) : std::nullopt;
    default: return std::nullopt;
    }
}

// What SET may not set here: who the session is, and what the measuring itself is bounded by.
bool isOfTheSession(const QString &setting)
{
    static const QStringList own{u"role"_s, u"session_authorization"_s, u"authorization"_s, u"transaction"_s, u"characteristics"_s, u"constraints"_s,
                                 u"search_path"_s, u"statement_timeout"_s, u"lock_timeout"_s, u"transaction_timeout"_s,
                                 u"default_transaction_read_only"_s, u"transaction_read_only"_s, u"client_encoding"_s, u"standard_conforming_strings"_s};
    return own.contains(setting);
}

QStringList lockWords(const QString &text)
{
    QStringList words;
    for (const migrations::StatementLock &lock : migrations::locksOf(text.toUtf8())) {
        QString line = u"%1 on %2; what waits for it: %3"_s.arg(lock.mode, lock.relation.isEmpty() ? u"all that it touches"_s : lock.relation, lock.blocks);
        if (lock.rewrites)
            line += u"; the table is written anew meanwhile"_s;
        words.append(line);
    }
    return words;
}

} // namespace

QString kindName(Remedy::Kind kind)
{
    switch (kind) {
    case Remedy::Kind::Index: return u"index"_s;
    case Remedy::Kind::Statistics: return u"statistics"_s;
    case Remedy::Kind::Analyze: return u"analyze"_s;
    case Remedy::Kind::Vacuum: return u"vacuum"_s;
    case Remedy::Kind::Reindex: return u"reindex"_s;
    case Remedy::Kind::Setting: return u"setting"_s;
    case Remedy::Kind::Change: return u"change"_s;
    }
    return {};
}

bool Remedy::forcesCustomPlans() const
{
    return kind == Kind::Setting && setting == "plan_cache_mode"_L1 && value == "force_custom_plan"_L1;
}

Result<Remedy> remedyOf(const QString &text)
{
    const std::vector<query::Piece> pieces = query::split(text.toUtf8());
    if (pieces.empty())
        return noRemedy(u"There is no statement in it"_s);
    if (pieces.size() > 1 || pieces.front().several)
        return noRemedy(u"It is several statements"_s);
    const query::Piece &piece = pieces.front();
    if (piece.kind != query::Piece::Kind::Statement || !piece.sender.isEmpty() || piece.hasCopyData)
        return noRemedy(u"It is psql's, not the server's"_s);
    const Ddl ddl = migrations::recognise(piece.text);
    const auto kind = kindOf(ddl);
    if (!kind)
        return noRemedy(u"This is not tried as a remedy: %1"_s.arg(QString::fromUtf8(piece.text.left(60))));
    if (migrations::reachOf(piece.text) != migrations::Reach::Database)
        return noRemedy(u"This changes more than the database: %1"_s.arg(QString::fromUtf8(piece.text.left(60))));
    Remedy remedy;
    remedy.kind = *kind;
    remedy.text = QString::fromUtf8(piece.text).trimmed();
    remedy.relation = ddl.relations.value(ddl.kind == Ddl::Kind::Create ? ddl.relations.size() - 1 : 0);
    remedy.name = ddl.name == "on"_L1 && *kind == Remedy::Kind::Statistics ? QString() : ddl.name; // no name, but the word behind where it would stand
    remedy.columns = ddl.columns;
    remedy.concurrently = ddl.concurrently;
    if (*kind == Remedy::Kind::Setting) {
        remedy.setting = QString(ddl.setting).remove(u'"'); // names of settings are the same with and without
        if (remedy.setting.isEmpty() || ddl.local || isOfTheSession(remedy.setting))
            return noRemedy(u"This setting is not tried: %1"_s.arg(QString::fromUtf8(piece.text.left(60))));
        remedy.value = ddl.value;
        if (remedy.setting == "plan_cache_mode"_L1 && !remedy.forcesCustomPlans())
            return noRemedy(u"Each run is planned anew here, so that this setting would change nothing: %1"_s.arg(QString::fromUtf8(piece.text.left(60))));
    }
    if (*kind == Remedy::Kind::Vacuum) {
        const query::StatementTokens words(piece.text);
        for (int i = 0; i < words.size(); ++i)
            remedy.analyzes = remedy.analyzes || words.isAny(i, {"analyze", "analyse"});
    }
    remedy.locks = lockWords(remedy.text);
    return remedy;
}

Result<QVector<Remedy>> remediesOf(const QStringList &texts)
{
    QVector<Remedy> remedies;
    for (const QString &text : texts) {
        auto one = remedyOf(text);
        if (!one)
            return fail(std::move(one.error()));
        remedies.append(*std::move(one));
    }
    if (remedies.isEmpty())
        return noRemedy(u"There is nothing to try"_s);
    return remedies;
}

Result<QString> withName(const Remedy &remedy, const QString &name)
{
    if (!remedy.name.isEmpty())
        return remedy.text;
    const QByteArray text = remedy.text.toUtf8();
    const query::StatementTokens words(text);
    // Behind the last word of CREATE [UNIQUE] INDEX [CONCURRENTLY], CREATE STATISTICS.
    int last = -1;
    for (int i = 0; i < words.size() && i < 4; ++i) {
        if (words.isAny(i, {"index", "statistics", "concurrently"}))
            last = i;
        else if (!words.isAny(i, {"create", "unique"}))
            break;
    }
    if (last < 0)
        return noRemedy(u"No name can be given to this: %1"_s.arg(remedy.text.left(60)));
    const qsizetype at = words[last].end;
    return QString::fromUtf8(text.left(at) + ' ' + name.toUtf8() + text.mid(at));
}

QString withRelation(const Remedy &remedy, const QString &relation)
{
    const QByteArray text = remedy.text.toUtf8();
    const query::StatementTokens words(text);
    int at = 0;
    if (remedy.kind == Remedy::Kind::Index) {
        at = words.find(0, words.size(), {"on"}) + 1;
        at += words.is(at, "only") ? 1 : 0;
    } else if (remedy.kind == Remedy::Kind::Statistics) {
        at = words.find(0, words.size(), {"from"}) + 1;
    } else if (remedy.kind == Remedy::Kind::Analyze) {
        at = words.text(1) == "(" ? words.behindGroup(1) : words.is(1, "verbose") ? 2 : 1;
    }
    int next = 0;
    if (at <= 0 || at >= words.size() || words.name(at, &next).isEmpty() || next != at + 1)
        return remedy.text;
    return QString::fromUtf8(text.left(words[at].begin) + relation.toUtf8() + text.mid(words[at].end));
}

QString usualName(const Remedy &remedy)
{
    const auto plain = [](const QString &part) {
        const QStringList names = pg::identifiersOf(part, u'.');
        return names.isEmpty() ? part : names.last();
    };
    QStringList parts{plain(remedy.relation)};
    if (remedy.kind == Remedy::Kind::Index && remedy.columns.isEmpty())
        parts.append(u"expr"_s);
    for (const QString &column : remedy.columns)
        parts.append(column.isEmpty() ? u"expr"_s : plain(column));
    const QString end = remedy.kind == Remedy::Kind::Statistics ? u"_stat"_s : u"_idx"_s;
    QString name = parts.join(u'_');
    while ((name + end).toUtf8().size() > longestName)
        name.chop(1);
    return pg::displayIdentifier(name + end);
}

} // namespace howdah::trial
