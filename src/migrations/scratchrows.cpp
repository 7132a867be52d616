// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/scratchrows.h"

#include "base/units.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QMap>
#include <QRegularExpression>
#include <QSet>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

struct Table {
    qint64 oid = 0;
    QString name;
    QString shortName;
    QString bound;       // of a partition
    qint64 of = 0;       // the table it is a partition of
    QString partitioned; // "h", "r", "l"; empty: it is not
    QList<qint64> wants; // tables whose keys it needs
};

Result<QMap<qint64, Table>> tablesOf(pg::Connection &link, const CancelToken &cancel)
{
    const auto rows = link.runFile(u"migrations/fill_tables"_s, {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    QMap<qint64, Table> tables;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        Table table{rows->integer(row, "oid"_L1).value_or(0), rows->text(row, "name"_L1), rows->text(row, "short_name"_L1), rows->text(row, "bound"_L1),
                    rows->integer(row, "of_oid"_L1).value_or(0), rows->text(row, "partitioned"_L1), {}};
        const QJsonArray wants = QJsonDocument::fromJson(rows->text(row, "wants"_L1).toUtf8()).array();
        for (const QJsonValue &one : wants)
            table.wants.append(qint64(one.toDouble()));
        tables.insert(table.oid, table);
    }
    return tables;
}

bool names(const QByteArray &text, const QString &name)
{
    const QRegularExpression word(u"(?<![\\w$])"_s + QRegularExpression::escape(name) + u"(?![\\w$])"_s, QRegularExpression::CaseInsensitiveOption);
    return word.match(QString::fromUtf8(text)).hasMatch();
}

QSet<qint64> touched(const QMap<qint64, Table> &tables, const QVector<QByteArray> &texts)
{
    QSet<qint64> found;
    for (const Table &table : tables) {
        if (std::any_of(texts.cbegin(), texts.cend(), [&](const QByteArray &text) { return names(text, table.shortName); }))
            found.insert(table.oid);
    }
    for (bool more = true; more;) {
        const qsizetype before = found.size();
        for (const Table &table : tables) {
            if (table.of && found.contains(table.of))
                found.insert(table.oid);
            if (found.contains(table.oid)) {
                for (const qint64 wanted : table.wants)
                    found.insert(wanted);
            }
        }
        more = found.size() > before;
    }
    return found;
}

// Those whose keys are needed first; in a circle the one that was made first.
QList<qint64> inOrder(const QMap<qint64, Table> &tables)
{
    QList<qint64> order;
    QSet<qint64> placed;
    while (placed.size() < tables.size()) {
        const qsizetype before = placed.size();
        for (const Table &table : tables) {
            const bool ready = std::all_of(table.wants.cbegin(), table.wants.cend(), [&](qint64 wanted) { return placed.contains(wanted) || !tables.contains(wanted); });
            if (!placed.contains(table.oid) && ready) {
                placed.insert(table.oid);
                order << table.oid;
            }
        }
        if (placed.size() > before)
            continue;
        for (const Table &table : tables) {
            if (!placed.contains(table.oid)) {
                placed.insert(table.oid);
                order << table.oid;
                break;
            }
        }
    }
    return order;
}

class Filler
{
public:
    Filler(pg::Connection &link, const CancelToken &cancel) : m_link(link), m_cancel(cancel) {}

    Done fill(const Table &table, int rows, Filled &filled)
    {
        QString why;
        for (const bool careful : {false, true}) {
            const auto made = m_link.runFile(u"migrations/fill_statement"_s, {table.oid, rows, careful}, {}, m_cancel);
            if (!made)
                return fail(made.error());
            if (made->isNull(0, 0)) {
                why = u"nothing can be made up for %1"_s.arg(made->text(0, "unknown"_L1));
                break;
            }
            const auto put = m_link.run({made->text(0, "statement"_L1).toUtf8(), {}}, {}, {}, m_cancel);
            if (put) {
                filled.rows.insert(table.name, put->affected());
                if (put->affected() < rows / 2)
                    filled.left << u"%1 has only %2 rows: the others would have met a unique key"_s.arg(table.name).arg(put->affected());
                return {};
            }
            if (put.error().kind == ErrorKind::Cancelled || !m_link.isAlive())
                return fail(put.error());
            why = units::oneLine(put.error().message);
        }
        filled.left << u"%1 is empty: %2"_s.arg(table.name, why);
        return {};
    }

private:
    static tl::unexpected<Error> fail(const Error &error) { return howdah::fail(error); }
    pg::Connection &m_link;
    const CancelToken &m_cancel;
};

} // namespace

Result<Filled> fillRows(Scratch &scratch, const QVector<QByteArray> &texts, int rows, int all, const CancelToken &cancel)
{
    pg::Connection &link = scratch.connection();
    const auto tables = tablesOf(link, cancel);
    if (!tables)
        return fail(tables.error());
    Filled filled;
    QSet<qint64> chosen;
    if (tables->size() > all) {
        chosen = touched(*tables, texts);
        filled.left << u"%1 of %2 tables are empty: no statement names them"_s.arg(tables->size() - chosen.size()).arg(tables->size());
    }
    const bool rest = scratch.isSuperuser();
    if (rest) {
        if (const auto begun = link.runFile(u"migrations/fill_begin"_s, {u"replica"_s}, {}, cancel); !begun)
            return fail(begun.error());
    }
    Filler filler(link, cancel);
    Done done;
    for (const qint64 oid : inOrder(*tables)) {
        const Table table = tables->value(oid);
        // By range and list the partitions are filled, whose bounds say which rows they take; by hash the root.
        const QString parents = tables->value(table.of).partitioned;
        const bool place = table.partitioned.isEmpty() ? !table.of || parents != "h"_L1 : table.partitioned == "h"_L1 && (!table.of || parents != "h"_L1);
        if (done && place && (tables->size() <= all || chosen.contains(oid)))
            done = filler.fill(table, rows, filled);
    }
    if (rest && link.isAlive())
        (void)link.runFile(u"migrations/fill_begin"_s, {u"origin"_s});
    if (!done)
        return fail(std::move(done.error()));
    const auto views = link.runFile(u"migrations/fill_views"_s, {}, {}, cancel);
    for (qsizetype row = 0; views && row < views->size(); ++row) {
        if (const auto refreshed = link.run({views->text(row, 0).toUtf8(), {}}, {}, {}, cancel); !refreshed)
            filled.left << units::oneLine(refreshed.error().message);
    }
    if (const auto counted = link.runFile(u"migrations/fill_statistics"_s, {}, {}, cancel); !counted)
        return fail(counted.error());
    return filled;
}

} // namespace howdah::migrations
