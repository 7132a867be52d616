// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/facts.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>

#include <algorithm>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

const ColumnFacts *RelationFacts::column(QStringView called) const
{
    const auto found = std::find_if(columns.cbegin(), columns.cend(), [called](const ColumnFacts &one) { return one.name == called; });
    return found == columns.cend() ? nullptr : &*found;
}

const RelationFacts *Facts::find(QStringView schema, QStringView name) const
{
    const RelationFacts *only = nullptr;
    qsizetype place = searchPath.size();
    int candidates = 0;
    for (const RelationFacts &relation : relations) {
        if (relation.name != name || (!schema.isEmpty() && relation.schema != schema))
            continue;
        ++candidates;
        const qsizetype at = searchPath.indexOf(relation.schema);
        if (!only || (at >= 0 && at < place)) {
            only = &relation;
            place = at >= 0 ? at : place;
        }
    }
    return candidates > 1 && place == searchPath.size() ? nullptr : only;
}

bool namesRelation(const PlanNode &node)
{
    static const QStringList types = {u"Seq Scan"_s,         u"Sample Scan"_s, u"Index Scan"_s,     u"Index Only Scan"_s,
                                      u"Bitmap Heap Scan"_s, u"Tid Scan"_s,    u"Tid Range Scan"_s, u"ModifyTable"_s};
    return types.contains(node.type) && !node.object.isEmpty();
}

namespace
{

class FactsReader
{
public:
    FactsReader(pg::Connection &connection, const CancelToken &cancel) : m_connection(connection), m_cancel(cancel) {}
    Done relations(const QVector<Plan> &plans, Facts *facts);
    Done columns(Facts *facts);
    Done indexes(Facts *facts);
    Done statistics(Facts *facts);

private:
    // Empty rows where it is not permitted, which is noted.
    Result<pg::Rows> ask(const QString &what, const pg::Param &param, Facts *facts);
    RelationFacts *of(const pg::Rows &rows, qsizetype row, Facts *facts) const;

    pg::Connection &m_connection;
    const CancelToken &m_cancel;
    QByteArray m_oids;
    QHash<qint64, qsizetype> m_places;
};

Result<pg::Rows> FactsReader::ask(const QString &what, const pg::Param &param, Facts *facts)
{
    auto rows = m_connection.runFile(u"plan/"_s + what, {param}, {}, m_cancel);
    if (rows || rows.error().kind != ErrorKind::Permission)
        return rows;
    facts->notPermitted.append(what);
    return pg::Rows();
}

RelationFacts *FactsReader::of(const pg::Rows &rows, qsizetype row, Facts *facts) const
{
    const auto place = m_places.constFind(rows.integer(row, "relation"_L1).value_or(0));
    return place == m_places.cend() ? nullptr : &facts->relations[*place];
}

Done FactsReader::relations(const QVector<Plan> &plans, Facts *facts)
{
    QSet<std::pair<QString, QString>> names;
    for (const Plan &plan : plans)
        for (const PlanNode &node : plan.nodes)
            if (namesRelation(node))
                names.insert({node.schema, node.object});
    QJsonArray wanted;
    for (const auto &[schema, name] : names)
        wanted.append(QJsonObject{{u"schema"_s, schema}, {u"name"_s, name}});
    const auto rows = ask(u"relations"_s, QJsonDocument(wanted).toJson(QJsonDocument::Compact), facts);
    if (!rows)
        return fail(rows.error());
    QByteArrayList oids;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        RelationFacts relation;
        relation.oid = quint32(rows->integer(row, "oid"_L1).value_or(0));
        relation.schema = rows->text(row, "schema"_L1);
        relation.name = rows->text(row, "name"_L1);
        relation.partitioned = rows->text(row, "kind"_L1) == "p"_L1;
        relation.parent = rows->text(row, "parent"_L1);
        relation.rows = rows->integer(row, "rows"_L1);
        if (relation.rows && !relation.partitioned) { // both come of one VACUUM or ANALYZE
            relation.pages = rows->integer(row, "pages"_L1);
            relation.allVisiblePages = rows->integer(row, "all_visible"_L1);
        }
        relation.changedSinceAnalyze = rows->integer(row, "since_analyze"_L1);
        relation.analyzed = rows->boolean(row, "analyzed"_L1);
        relation.hasStatistics = rows->boolean(row, "has_statistics"_L1);
        m_places.insert(relation.oid, facts->relations.size());
        oids.append(QByteArray::number(relation.oid));
        facts->relations.append(std::move(relation));
    }
    m_oids = '{' + oids.join(',') + '}';
    return {};
}

Done FactsReader::columns(Facts *facts)
{
    const auto rows = ask(u"columns"_s, m_oids, facts);
    if (!rows)
        return fail(rows.error());
    for (qsizetype row = 0; row < rows->size(); ++row)
        if (RelationFacts *relation = of(*rows, row, facts))
            relation->columns.append({rows->text(row, "name"_L1), rows->text(row, "type"_L1), rows->text(row, "same_as"_L1).split(u'\n', Qt::SkipEmptyParts),
                                      rows->boolean(row, "ordered"_L1).value_or(false), rows->integer(row, "width"_L1)});
    return {};
}

Done FactsReader::indexes(Facts *facts)
{
    const auto rows = ask(u"indexes"_s, m_oids, facts);
    if (!rows)
        return fail(rows.error());
    for (qsizetype row = 0; row < rows->size(); ++row) {
        RelationFacts *relation = of(*rows, row, facts);
        if (!relation)
            continue;
        const QString name = rows->text(row, "name"_L1);
        if (relation->indexes.isEmpty() || relation->indexes.last().name != name)
            relation->indexes.append({rows->text(row, "schema"_L1), name, rows->text(row, "method"_L1), rows->boolean(row, "valid"_L1).value_or(false),
                                      rows->boolean(row, "is_unique"_L1).value_or(false), rows->boolean(row, "partial"_L1).value_or(false), {}});
        relation->indexes.last().keys.append(
            {rows->text(row, "column_name"_L1), rows->text(row, "expression"_L1), rows->boolean(row, "pattern"_L1).value_or(false)});
    }
    return {};
}

Done FactsReader::statistics(Facts *facts)
{
    const auto rows = ask(u"statistics"_s, m_oids, facts);
    if (!rows)
        return fail(rows.error());
    for (qsizetype row = 0; row < rows->size(); ++row) {
        RelationFacts *relation = of(*rows, row, facts);
        if (!relation)
            continue;
        const QString schema = rows->text(row, "schema"_L1), name = rows->text(row, "name"_L1);
        if (relation->statistics.isEmpty() || relation->statistics.last().name != name || relation->statistics.last().schema != schema)
            relation->statistics.append({schema, name, {}});
        relation->statistics.last().columns.append(rows->text(row, "column_name"_L1));
    }
    return {};
}

} // namespace

Result<Facts> readFacts(pg::Connection &connection, const QVector<Plan> &plans, const QStringList &searchPath, const CancelToken &cancel)
{
    Facts facts;
    facts.searchPath = searchPath;
    FactsReader reader(connection, cancel);
    Done done = reader.relations(plans, &facts);
    if (done)
        done = reader.columns(&facts);
    if (done)
        done = reader.indexes(&facts);
    if (done)
        done = reader.statistics(&facts);
    if (!done)
        return fail(Error(done.error()).during(u"read what the server knows of the plan's relations"_s));
    return facts;
}

} // namespace howdah::plan
