// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/snapshot.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>

#include <map>

namespace howdah::catalog
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int partTimeoutMs = 30'000;

// An object as the server numbers it; gone once names are known.
struct Place {
    quint32 classOid = 0;
    quint32 oid = 0;
    int sub = 0;
    auto operator<=>(const Place &) const = default;
};

class Reading
{
public:
    Reading(pg::Connection &connection, const CancelToken &cancel) : m_connection(connection), m_cancel(cancel) {}

    Result<Snapshot> read()
    {
        if (const auto path = rowsOf("snapshot_search_path"); !path)
            return fail(path.error());
        for (const char *part : {"snapshot_schemas", "snapshot_types", "snapshot_sequences", "snapshot_functions", "snapshot_relations", "snapshot_columns",
                                 "snapshot_constraints", "snapshot_rules", "snapshot_rare"}) {
            const auto rows = rowsOf(part);
            if (!rows)
                return fail(rows.error());
            take(*rows);
        }
        if (const auto rows = rowsOf("snapshot_comments"); rows)
            takeComments(*rows);
        else
            return fail(rows.error());
        if (const auto rows = rowsOf("snapshot_grants"); rows)
            takeGrants(*rows);
        else
            return fail(rows.error());
        if (Done depends = readDependencies(); !depends)
            return fail(std::move(depends.error()));
        m_snapshot.serverVersion = m_connection.facts().serverVersionNum;
        std::sort(m_snapshot.items.begin(), m_snapshot.items.end(), [](const Item &a, const Item &b) { return std::tie(a.kind, a.identity) < std::tie(b.kind, b.identity); });
        for (auto one = m_nameOnly.cbegin(); one != m_nameOnly.cend(); ++one)
            m_snapshot.notSeen << u"of %1 %2 the names alone are compared"_s.arg(one.value()).arg(one.key());
        if (m_nameOnly.contains(u"server"_s))
            m_snapshot.notSeen << u"user mappings are not looked at"_s;
        return std::move(m_snapshot);
    }

private:
    Result<pg::Rows> rowsOf(const char *part)
    {
        pg::RunOptions options;
        options.timeoutMs = partTimeoutMs;
        auto rows = m_connection.runFile(u"catalog/"_s + QLatin1StringView(part), {}, options, m_cancel);
        if (!rows && rows.error().kind == ErrorKind::Timeout && m_connection.isAlive())
            return fail(ErrorKind::Timeout, u"locked"_s, u"The server did not tell its objects within %1 s"_s.arg(partTimeoutMs / 1000),
                        u"Another session may hold or want an exclusive lock on one of them."_s);
        if (!rows)
            return fail(Error(rows.error()).during(u"read the catalogs"_s));
        return rows;
    }

    static Place placeOf(const pg::Rows &rows, qsizetype row, int column)
    {
        return {quint32(rows.integer(row, column).value_or(0)), quint32(rows.integer(row, column + 1).value_or(0)), int(rows.integer(row, column + 2).value_or(0))};
    }

    void take(const pg::Rows &rows)
    {
        for (qsizetype row = 0; row < rows.size(); ++row) {
            Item item{rows.text(row, 3), rows.text(row, 4), rows.text(row, 5), rows.text(row, 6), int(rows.integer(row, 7).value_or(0)), rows.json(row, 8).toObject()};
            if (item.value.contains("name only"_L1))
                ++m_nameOnly[item.kind];
            m_keys.insert_or_assign(placeOf(rows, row, 0), item.key());
            if (item.kind != "column"_L1 && item.kind != "constraint"_L1)
                m_identities.insert_or_assign(placeOf(rows, row, 0), item.identity);
            m_snapshot.items.append(item);
        }
    }

    // The key of what a comment or a right is on; empty: none of ours.
    QString ownerOf(const Place &place, const QString &subName) const
    {
        if (const auto found = m_keys.find(place); found != m_keys.end())
            return found->second;
        // A view's columns are no items of their own.
        const auto whole = m_identities.find({place.classOid, place.oid, 0});
        return place.sub > 0 && whole != m_identities.end() ? u"column "_s + whole->second + u'.' + subName : QString();
    }

    void takeComments(const pg::Rows &rows)
    {
        for (qsizetype row = 0; row < rows.size(); ++row) {
            QString on = ownerOf(placeOf(rows, row, 0), rows.text(row, 3));
            if (on.isEmpty()) {
                if (rows.text(row, 5).startsWith("public.schema_migrations"_L1))
                    continue;
                on = rows.text(row, 4) + u' ' + rows.text(row, 5);
            }
            m_snapshot.items.append({u"comment"_s, on, on, {}, 0, {{u"text"_s, rows.text(row, 6)}}});
        }
    }

    void takeGrants(const pg::Rows &rows)
    {
        for (qsizetype row = 0; row < rows.size(); ++row) {
            const QString on = ownerOf(placeOf(rows, row, 0), rows.text(row, 3)), role = rows.text(row, 4);
            if (!on.isEmpty())
                m_snapshot.items.append({u"grant"_s, on + u" to "_s + role, on, role, 0, {{u"privileges"_s, rows.json(row, 5)}}});
        }
    }

    // Whose doing it is, as far as that is an item; empty: none.
    QString keyOf(Place place) const
    {
        for (int depth = 0; depth < 8; ++depth) {
            if (const auto found = m_keys.find(place); found != m_keys.end())
                return found->second;
            const auto part = m_parts.find({place.classOid, place.oid, 0});
            if (part != m_parts.end()) {
                place = part->second;
                continue;
            }
            if (place.sub == 0)
                return {};
            place.sub = 0; // a view's column, a composite type's attribute
        }
        return {};
    }

    Done readDependencies()
    {
        const auto parts = rowsOf("snapshot_parts");
        if (!parts)
            return fail(parts.error());
        for (qsizetype row = 0; row < parts->size(); ++row)
            m_parts.insert_or_assign({quint32(parts->integer(row, 0).value_or(0)), quint32(parts->integer(row, 1).value_or(0)), 0}, placeOf(*parts, row, 2));
        const auto depends = rowsOf("snapshot_dependencies");
        if (!depends)
            return fail(depends.error());
        for (qsizetype row = 0; row < depends->size(); ++row) {
            const QString key = keyOf(placeOf(*depends, row, 0)), on = keyOf(placeOf(*depends, row, 3));
            if (!key.isEmpty() && !on.isEmpty() && key != on)
                m_snapshot.dependencies[key] << on;
        }
        for (QStringList &on : m_snapshot.dependencies) {
            on.sort();
            on.removeDuplicates();
        }
        return {};
    }

    pg::Connection &m_connection;
    CancelToken m_cancel;
    Snapshot m_snapshot;
    std::map<Place, QString> m_keys;
    std::map<Place, QString> m_identities;
    std::map<Place, Place> m_parts;
    QMap<QString, int> m_nameOnly;
};

} // namespace

Result<Snapshot> readSnapshot(pg::Connection &connection, const CancelToken &cancel)
{
    const bool open = connection.transactionState() == pg::TransactionState::Open;
    if (Done begun = connection.command(open ? "SAVEPOINT howdah_snapshot" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); !begun)
        return fail(std::move(begun.error()));
    auto snapshot = Reading(connection, cancel).read();
    // Back to what it was, the search path too.
    Done ended = connection.command(open ? "ROLLBACK TO SAVEPOINT howdah_snapshot" : "ROLLBACK");
    if (ended && open)
        ended = connection.command("RELEASE SAVEPOINT howdah_snapshot");
    if (snapshot && !ended)
        return fail(std::move(ended.error()));
    return snapshot;
}

const Item *Snapshot::find(const QString &key) const
{
    // A kind may have spaces itself.
    for (qsizetype space = key.indexOf(u' '); space >= 0; space = key.indexOf(u' ', space + 1)) {
        const QStringView kind = QStringView(key).left(space), identity = QStringView(key).mid(space + 1);
        const auto found = std::lower_bound(items.cbegin(), items.cend(), std::pair(kind, identity), [](const Item &item, const auto &wanted) {
            const int kinds = QStringView(item.kind).compare(wanted.first);
            return kinds != 0 ? kinds < 0 : QStringView(item.identity).compare(wanted.second) < 0;
        });
        if (found != items.cend() && found->kind == kind && found->identity == identity)
            return &*found;
    }
    return nullptr;
}

QByteArray Snapshot::hash() const
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const Item &item : items) {
        for (const QByteArray &part : {item.kind.toUtf8(), item.identity.toUtf8(), QJsonDocument(item.value).toJson(QJsonDocument::Compact)}) {
            hash.addData(part);
            hash.addData(QByteArrayView("\0", 1));
        }
    }
    return hash.result().toHex();
}

QJsonObject Snapshot::toJson() const
{
    QJsonArray all;
    for (const Item &item : items) {
        all.append(QJsonObject{{u"kind"_s, item.kind}, {u"identity"_s, item.identity}, {u"parent"_s, item.parent}, {u"name"_s, item.name}, {u"position"_s, item.position},
                               {u"value"_s, item.value}});
    }
    QJsonObject on;
    for (auto one = dependencies.cbegin(); one != dependencies.cend(); ++one)
        on.insert(one.key(), QJsonArray::fromStringList(one.value()));
    return {{u"serverVersion"_s, serverVersion}, {u"hash"_s, QString::fromLatin1(hash())}, {u"items"_s, all}, {u"dependencies"_s, on}, {u"notSeen"_s, QJsonArray::fromStringList(notSeen)}};
}

static QStringList textsOf(const QJsonValue &array)
{
    QStringList texts;
    for (const QJsonValue one : array.toArray())
        texts << one.toString();
    return texts;
}

Result<Snapshot> snapshotFromJson(const QJsonObject &json)
{
    Snapshot snapshot;
    snapshot.serverVersion = json.value("serverVersion"_L1).toInt();
    for (const QJsonValue one : json.value("items"_L1).toArray()) {
        const QJsonObject item = one.toObject();
        snapshot.items.append({item.value("kind"_L1).toString(), item.value("identity"_L1).toString(), item.value("parent"_L1).toString(), item.value("name"_L1).toString(),
                               item.value("position"_L1).toInt(), item.value("value"_L1).toObject()});
    }
    const QJsonObject on = json.value("dependencies"_L1).toObject();
    for (auto one = on.constBegin(); one != on.constEnd(); ++one)
        snapshot.dependencies.insert(one.key(), textsOf(one.value()));
    snapshot.notSeen = textsOf(json.value("notSeen"_L1));
    // What was cut off or edited is no snapshot of anything.
    if (!json.value("items"_L1).isArray() || snapshot.hash() != json.value("hash"_L1).toString().toLatin1())
        return fail(ErrorKind::Client, u"bad_snapshot"_s, u"This is no snapshot, or it was changed since it was written"_s);
    return snapshot;
}

} // namespace howdah::catalog
