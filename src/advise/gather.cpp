// SPDX-License-Identifier: GPL-3.0-or-later
#include "advise/gather.h"

#include "advise/called.h"
#include "explain/autoexplain.h"
#include "explain/explain.h"
#include "pg/quote.h"
#include "plan/withoutliterals.h"
#include "statements/ranking.h"

#include <QRegularExpression>

#include <algorithm>

namespace howdah::advise
{

using namespace Qt::StringLiterals;
using statements::Key;
using statements::Measure;
using statements::Total;

namespace
{

constexpr int planTimeoutMs = 5'000;
constexpr int lockTimeoutMs = 500;

// "$1 = 'x', $2 = NULL"; nullopt: a value was cut off, or the log has none.
std::optional<QMap<int, explain::Value>> valuesOf(const QString &parameters)
{
    static const QRegularExpression one(u"\\G(?:, )?\\$(\\d+) = (?:NULL|'((?:[^']|'')*)')"_s);
    QMap<int, explain::Value> values;
    qsizetype end = 0;
    for (auto match = one.match(parameters); match.hasMatch(); match = one.match(parameters, end)) {
        end = match.capturedEnd();
        const bool isNull = match.capturedView(2).isNull();
        QString text = match.captured(2).replace(u"''"_s, u"'"_s);
        if (!isNull && text.endsWith("..."_L1))
            return std::nullopt;
        values.insert(match.captured(1).toInt(), {isNull ? std::nullopt : std::optional(text), {}});
    }
    return values.isEmpty() || end != parameters.size() ? std::nullopt : std::optional(values);
}

class Gatherer
{
public:
    Gatherer(const statements::TopList &list, const Gathering &how, const CancelToken &cancel)
        : m_how(how), m_cancel(cancel)
    {
        m_evidence.list = list;
    }
    Result<Evidence> run();

private:
    QVector<Total> worthALook() const;
    Result<pg::Connection *> linkTo(quint32 database);
    QStringList searchPathOf(const Key &key, pg::Connection &link);
    QString whyNotToPlan(const Key &key, pg::Connection &link) const;
    void plansOf(Looked &looked);
    bool fromLog(Looked &looked);
    void estimate(Looked &looked);
    void holdAgainstValues(const Looked &looked, const explain::LoggedPlan &logged, PlanSeen *seen);
    Done readFacts(quint32 database, pg::Connection &link);
    Done readTables(pg::Connection &link, DatabaseFacts &facts);
    void nameRelations();
    void tellNotes();
    bool isLost(const Error &error) const { return error.kind == ErrorKind::Cancelled; }

    const Gathering &m_how;
    const CancelToken &m_cancel;
    Evidence m_evidence;
    QHash<quint32, QString> m_unreachable;                         // database: why
    QHash<std::pair<quint32, quint32>, QStringList> m_searchPaths; // by database and role
};

// The heaviest, those of which one may call the other, and those that wait for locks.
QVector<Total> Gatherer::worthALook() const
{
    const double heavy = heavyNs(m_evidence.list, m_how.waits);
    QVector<Total> totals = statements::ranked(m_evidence.list, statements::Order::Total, {});
    if (m_how.only)
        totals.removeIf([&](const Total &one) { return !(one.key == *m_how.only); });
    else
        totals.removeIf([&](const Total &one) { return double(one.counters[Measure::ExecTime]) < heavy; });
    totals = totals.first(std::min<qsizetype>(totals.size(), m_how.limit));
    const auto add = [&](const Key &key) {
        const Total *total = m_evidence.total(key);
        if (total && !total->own &&
            std::none_of(totals.cbegin(), totals.cend(), [&](const Total &one) { return one.key == key; }))
            totals.append(*total);
    };
    for (const CallPair &pair : callPairs(m_evidence.list)) {
        if (m_how.only && !(pair.child == *m_how.only) && !(pair.parent == *m_how.only))
            continue;
        add(pair.child);
        add(pair.parent);
    }
    if (!m_how.waits)
        return totals;
    for (const StatementWaits &waits : m_how.waits->statements) {
        if (waits.waitedFor(u"Lock") == 0 || (m_how.only && !(waits.key == *m_how.only)))
            continue;
        add(waits.key);
        // It waits still, and was not counted yet: what its session showed is all that is known.
        if (waits.key.roleId != 0 && !m_evidence.total(waits.key) && !waits.text.isEmpty()) {
            Total total;
            total.key = waits.key;
            total.text = statements::Text{waits.text, waits.text.size() + 1}; // a beginning, as sessions show it
            totals.append(total);
        }
    }
    return totals;
}

Result<pg::Connection *> Gatherer::linkTo(quint32 database)
{
    if (const auto known = m_unreachable.constFind(database); known != m_unreachable.cend())
        return fail(ErrorKind::Client, u"no_link"_s, *known);
    const QString name = m_evidence.list.names.databases.value(database);
    if (!m_how.linkTo || name.isEmpty()) {
        m_unreachable.insert(database,
                             m_how.linkTo ? u"Its database is not known, or is gone"_s : u"The server was not asked"_s);
        return linkTo(database);
    }
    auto link = m_how.linkTo(name);
    if (!link && !isLost(link.error())) {
        m_unreachable.insert(database, u"No link to its database %1: %2"_s.arg(name, link.error().message));
        return linkTo(database);
    }
    return link;
}

// Of the statement's role, as far as that is set: what a session set itself is recorded nowhere.
QStringList Gatherer::searchPathOf(const Key &key, pg::Connection &link)
{
    const std::pair<quint32, quint32> place(key.databaseId, key.roleId);
    if (const auto known = m_searchPaths.constFind(place); known != m_searchPaths.cend())
        return *known;
    const auto rows = link.runFile(u"explain/role_path"_s, {m_evidence.list.names.roles.value(key.roleId)}, {}, m_cancel);
    QStringList path{u"$user"_s, u"public"_s};
    if (rows && !rows->isEmpty() && !rows->isNull(0, 1))
        path = explain::settingList(rows->text(0, 1));
    path.replaceInStrings(u"$user"_s, m_evidence.list.names.roles.value(key.roleId));
    path.removeAll(QString());
    m_searchPaths.insert(place, path);
    return path;
}

// Planning evaluates what it can: functions, operators and views that the statement's role chose would run as ours. Empty: it may be planned.
QString Gatherer::whyNotToPlan(const Key &key, pg::Connection &link) const
{
    const pg::LinkFacts &facts = link.facts();
    if (!facts.superuser || m_evidence.list.names.roles.value(key.roleId) == facts.role)
        return {};
    return u"Planning may run functions of its role, here with a superuser's rights: ask for it by itself (howdahctl statements explain, or the pane Plans)"_s;
}

void Gatherer::holdAgainstValues(const Looked &looked, const explain::LoggedPlan &logged, PlanSeen *seen)
{
    const auto values = valuesOf(logged.parameters);
    if (!values) {
        seen->customWhy = logged.parameters.isEmpty()
                              ? u"the log does not have them (auto_explain.log_parameter_max_length)"_s
                              : u"the log cuts them off"_s;
        return;
    }
    const auto link = linkTo(looked.total.key.databaseId);
    if (!link) {
        seen->customWhy = link.error().message;
        return;
    }
    if (const QString why = whyNotToPlan(looked.total.key, **link); !why.isEmpty()) {
        seen->customWhy = why;
        return;
    }
    explain::Request request;
    request.text = logged.queryText;
    request.searchPath = searchPathOf(looked.total.key, **link);
    request.values = *values;
    request.planFor = explain::PlanFor::Values;
    request.statementTimeoutMs = planTimeoutMs;
    request.lockTimeoutMs = lockTimeoutMs;
    const auto answer = explain::explain(**link, request, m_cancel);
    if (answer && answer->plan)
        seen->custom = answer->plan;
    else
        // Its words may quote a value.
        seen->customWhy =
            u"the server did not plan them (%1)"_s.arg(answer                              ? u"values are wanted"_s
                                                       : answer.error().sqlstate.isEmpty() ? answer.error().reason
                                                                                           : answer.error().sqlstate);
}

bool Gatherer::fromLog(Looked &looked)
{
    if (!m_how.logged)
        return false;
    const Key &key = looked.total.key;
    const QString database = m_evidence.list.names.databases.value(key.databaseId),
                  role = m_evidence.list.names.roles.value(key.roleId);
    const auto found = m_how.logged->statements.constFind(key.queryId);
    if (found == m_how.logged->statements.cend())
        return false;
    looked.loggedUs = found->durationUs;
    bool held = false;
    for (const explain::LoggedPlan &logged : found->all()) {
        const bool other = (!logged.database.isEmpty() && !database.isEmpty() && logged.database != database) ||
                           (!logged.user.isEmpty() && !role.isEmpty() && logged.user != role);
        if (other || logged.plan.nodes.isEmpty())
            continue;
        PlanSeen seen;
        seen.source = logged.plan.analyzed() ? Source::MeasuredPlan : Source::LoggedPlan;
        seen.plan = logged.plan;
        seen.atMs = logged.atMs.value_or(0);
        seen.durationUs = logged.durationUs;
        seen.generic = isGeneric(logged.plan, logged.queryText);
        if (seen.generic)
            holdAgainstValues(looked, logged, &seen);
        held = held || seen.custom;
        looked.plans.append(std::move(seen));
    }
    const bool measured = std::any_of(looked.plans.cbegin(), looked.plans.cend(),
                                      [](const PlanSeen &seen) { return seen.source == Source::MeasuredPlan; });
    if (measured)
        looked.plans.removeIf([](const PlanSeen &seen) { return seen.source != Source::MeasuredPlan; });
    return !looked.plans.isEmpty();
}

void Gatherer::estimate(Looked &looked)
{
    const Total &total = looked.total;
    if (!total.text) {
        looked.whyNoPlan = u"Its text is not known"_s;
        return;
    }
    if (!total.text->isWhole()) {
        looked.whyNoPlan = u"Its text is kept in part only"_s;
        return;
    }
    if (plan::isMasked(total.text->text)) {
        looked.whyNoPlan = u"Its literals are not kept: a plan can be asked for with values in their places (howdahctl plan, or the pane Plans)"_s;
        return;
    }
    const auto link = linkTo(total.key.databaseId);
    if (!link) {
        looked.whyNoPlan = link.error().message;
        return;
    }
    if (looked.whyNoPlan = whyNotToPlan(total.key, **link); !looked.whyNoPlan.isEmpty())
        return;
    explain::Request request;
    request.text = total.text->text;
    request.searchPath = searchPathOf(total.key, **link);
    request.statementTimeoutMs = planTimeoutMs;
    request.lockTimeoutMs = lockTimeoutMs;
    const auto answer = explain::explain(**link, request, m_cancel);
    if (!answer) {
        looked.whyNoPlan = answer.error().message;
        return;
    }
    if (!answer->plan) {
        looked.whyNoPlan = answer->reason;
        return;
    }
    PlanSeen seen;
    seen.plan = *answer->plan;
    looked.plans.append(std::move(seen));
}

void Gatherer::plansOf(Looked &looked)
{
    if (!fromLog(looked))
        estimate(looked);
}

Done Gatherer::readTables(pg::Connection &link, DatabaseFacts &facts)
{
    QByteArrayList numbers;
    QHash<qint64, QString> names;
    for (const plan::RelationFacts &relation : facts.facts->relations) {
        numbers.append(QByteArray::number(relation.oid));
        names.insert(relation.oid,
                     pg::displayIdentifier(relation.schema) + u'.' + pg::displayIdentifier(relation.name));
    }
    const QByteArray oids = '{' + numbers.join(',') + '}';
    const auto keys = link.runFile(u"advise/foreign_keys"_s, {oids}, {}, m_cancel);
    if (!keys)
        return fail(keys.error());
    for (qsizetype row = 0; row < keys->size(); ++row)
        facts.foreignKeys.append({names.value(keys->integer(row, "referring"_L1).value_or(0)),
                                  names.value(keys->integer(row, "referred"_L1).value_or(0))});
    const auto tables = link.runFile(u"advise/tables"_s, {oids}, {}, m_cancel);
    if (!tables)
        return fail(tables.error());
    for (qsizetype row = 0; row < tables->size(); ++row)
        facts.tables.insert(
            names.value(tables->integer(row, "oid"_L1).value_or(0)),
            {tables->integer(row, "live"_L1), tables->integer(row, "dead"_L1), tables->integer(row, "inserted"_L1)});
    return {};
}

Done Gatherer::readFacts(quint32 database, pg::Connection &link)
{
    QVector<plan::Plan> plans;
    for (const Looked &looked : std::as_const(m_evidence.looked))
        if (looked.total.key.databaseId == database)
            for (const PlanSeen &seen : looked.plans)
                plans.append(seen.plan);
    QStringList path{u"public"_s}; // plans of a log that is not verbose name no schema
    for (auto one = m_searchPaths.cbegin(); one != m_searchPaths.cend(); ++one)
        for (const QString &schema : one.key().first == database ? *one : QStringList())
            if (!path.contains(schema))
                path.append(schema);
    DatabaseFacts &facts = m_evidence.facts[database];
    auto read = plan::readFacts(link, plans, path, m_cancel);
    if (!read)
        return fail(read.error());
    facts.facts = *std::move(read);
    return readTables(link, facts);
}

void Gatherer::nameRelations()
{
    if (!m_how.waits)
        return;
    QHash<quint32, QByteArrayList> wanted;
    for (const StatementWaits &waits : m_how.waits->statements)
        for (const auto &[relation, seen] : waits.relations)
            wanted[relation.database].append(QByteArray::number(relation.relation));
    for (auto one = wanted.cbegin(); one != wanted.cend(); ++one) {
        const auto link = linkTo(one.key());
        const auto rows = link ? (*link)->runFile(u"advise/relation_names"_s,
                                                  {QByteArray('{' + one.value().join(',') + '}')}, {}, m_cancel)
                               : Result<pg::Rows>(fail(link.error()));
        for (qsizetype row = 0; rows && row < rows->size(); ++row)
            m_evidence.relationNames[{one.key(), quint32(rows->integer(row, "oid"_L1).value_or(0))}] =
                rows->text(row, "name"_L1);
    }
}

void Gatherer::tellNotes()
{
    QStringList &notes = m_evidence.notes;
    if (m_how.logged) {
        notes += m_how.logged->notes;
        if (m_how.logged->nameless > 0)
            notes.append(u"%1 plans in the log have no query identifier and were left out: auto_explain.log_verbose = "
                         "on writes it"_s.arg(m_how.logged->nameless));
        if (m_how.logged->unread > 0)
            notes.append(u"%1 plans in the log could not be read"_s.arg(m_how.logged->unread));
        if (m_how.logged->plans == 0)
            notes.append(u"auto_explain logged no plan in this time: the plans are estimated, as they would be made "
                         "now for any values, and need not be those that ran"_s);
        else if (std::none_of(m_evidence.looked.cbegin(), m_evidence.looked.cend(), [](const Looked &one) {
                     return !one.plans.isEmpty() && one.plans.first().source == Source::MeasuredPlan;
                 }))
            notes.append(u"The logged plans were not measured (auto_explain.log_analyze): spills, wrong estimates and "
                         "heap fetches show in measured ones"_s);
    }
    for (auto facts = m_evidence.facts.cbegin(); facts != m_evidence.facts.cend(); ++facts)
        if (facts->facts && !facts->facts->notPermitted.isEmpty())
            notes.append(u"Of the tables in %1 this role may not read: %2"_s.arg(
                m_evidence.list.names.databases.value(facts.key()), facts->facts->notPermitted.join(u", "_s)));
    if (m_how.waits && !m_how.waits->mayReadAll)
        notes.append(u"What others' sessions wait for may not be seen: GRANT pg_monitor to this role permits it"_s);
    if (!m_how.waits)
        notes.append(u"Waits were not sampled in this time: lock waits are not known"_s);
}

Result<Evidence> Gatherer::run()
{
    m_evidence.waits = m_how.waits;
    m_evidence.logRead = m_how.logged.has_value();
    const QVector<Total> totals = worthALook();
    for (qsizetype at = 0; at < totals.size(); ++at) {
        if (m_cancel.isCancelled())
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled before all statements were looked at"_s);
        if (m_how.progress)
            m_how.progress(
                {u"Look for plans"_s, statements::keyText(totals[at].key), at, totals.size(), u"statements"_s});
        Looked looked{totals[at], {}, {}, 0};
        plansOf(looked);
        m_evidence.looked.append(std::move(looked));
    }
    QSet<quint32> databases;
    for (const Looked &looked : std::as_const(m_evidence.looked))
        if (!looked.plans.isEmpty())
            databases.insert(looked.total.key.databaseId);
    for (const quint32 database : std::as_const(databases)) {
        const auto link = linkTo(database);
        const Done read = link ? readFacts(database, **link) : Done(fail(link.error()));
        if (!read)
            m_evidence.notes.append(u"Of the tables in %1 nothing is known, so that some causes are not seen: %2"_s.arg(
                m_evidence.list.names.databases.value(database), read.error().message));
    }
    nameRelations();
    tellNotes();
    if (m_cancel.isCancelled())
        return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled before all statements were looked at"_s);
    return m_evidence;
}

} // namespace

Result<Evidence> gather(const statements::TopList &list, const Gathering &how, const CancelToken &cancel)
{
    return Gatherer(list, how, cancel).run();
}

} // namespace howdah::advise
