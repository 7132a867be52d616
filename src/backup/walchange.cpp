// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/walchange.h"

#include "backup/walrecord.h"

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// access/heapam_xlog.h
enum Heap : quint8 { Insert = 0x00, Delete = 0x10, Update = 0x20, HotUpdate = 0x40 };
constexpr quint8 heapMask = 0x70, multiInsert = 0x50;

RelationFile fileAt(WalCursor &cursor)
{
    RelationFile file;
    file.tablespace = cursor.next<quint32>();
    file.database = cursor.next<quint32>();
    file.number = cursor.next<quint32>();
    return file;
}

// XLogRecordBlockHeader of the first block, and where the main data begins.
struct FirstBlock {
    RelationFile relation;
    quint8 fork = 0;
    qsizetype mainSize = 0;
};
std::optional<FirstBlock> firstBlockOf(QByteArrayView record)
{
    WalCursor cursor{record, recordHeader};
    std::optional<FirstBlock> first;
    while (!cursor.isBehind() && cursor.offset < record.size()) {
        const quint8 id = cursor.next<quint8>();
        if (id == 255 || id == 254) {
            if (first)
                first->mainSize = id == 255 ? cursor.next<quint8>() : qsizetype(cursor.next<quint32>());
            return first;
        }
        if (id == 253 || id == 252) {
            cursor.skip(id == 253 ? 2 : 4);
            continue;
        }
        if (id > 32)
            return std::nullopt;
        const quint8 flags = cursor.next<quint8>();
        cursor.skip(2); // data_length
        if (flags & 0x10) { // BKPBLOCK_HAS_IMAGE
            cursor.skip(4); // length, hole_offset
            const quint8 image = cursor.next<quint8>();
            if ((image & 0x01) && (image & 0x1c)) // a hole, and compressed
                cursor.skip(2);
        }
        RelationFile relation = first ? first->relation : RelationFile();
        if (!(flags & 0x80)) // BKPBLOCK_SAME_REL
            relation = fileAt(cursor);
        cursor.skip(4); // block number
        if (!first)
            first = FirstBlock{relation, quint8(flags & 0x0f), 0};
    }
    return first;
}

void add(RowCounts &to, const RowCounts &more)
{
    to.deleted += more.deleted;
    to.inserted += more.inserted;
    to.updated += more.updated;
}

// What was read of transactions that have not ended yet.
class Open
{
public:
    explicit Open(const ChangesWanted &wanted) : m_wanted(wanted) {}

    void take(QByteArrayView record)
    {
        if (managerOf(record) == transactionManager) {
            m_parts = commitPartsOf(record);
            return;
        }
        const auto change = rowChangeOf(record);
        if (!change || (m_wanted.database && change->relation.database != m_wanted.database) || (!m_wanted.only.isEmpty() && !m_wanted.only.contains(change->relation)))
            return;
        add(m_open[change->xid][change->relation], change->rows);
    }

    std::optional<TransactionChanges> end(const WalEvent &event)
    {
        TransactionChanges one{event.xid, event.begin, event.atUs, m_open.take(event.xid), {}};
        for (quint32 subxid : std::as_const(m_parts.subxids)) {
            const QMap<RelationFile, RowCounts> tables = m_open.take(subxid);
            for (auto table = tables.cbegin(); table != tables.cend(); ++table)
                add(one.tables[table.key()], table.value());
        }
        for (const RelationFile &file : std::as_const(m_parts.dropped)) {
            if (!m_wanted.database || file.database == m_wanted.database)
                one.dropped.append(file);
        }
        m_parts = {};
        if (event.kind != WalEvent::Kind::Commit || (one.tables.isEmpty() && one.dropped.isEmpty()))
            return std::nullopt;
        return one;
    }

private:
    const ChangesWanted &m_wanted;
    QHash<quint32, QMap<RelationFile, RowCounts>> m_open;
    CommitParts m_parts; // of the record that is told of next
};

// Up to where no transaction that is younger than `xid`, or it itself, had begun: what the server says of those that run, every 15 seconds and at a checkpoint.
bool saysYounger(QByteArrayView record, quint32 xid)
{
    constexpr quint8 runningTransactions = 0x10; // storage/standbydefs.h, XLOG_RUNNING_XACTS
    if (managerOf(record) != standbyManager || (infoOf(record) & 0xf0) != runningTransactions)
        return false;
    const auto data = mainData(record);
    if (!data)
        return false;
    WalCursor cursor{*data};
    cursor.skip(12); // how many, of subtransactions, overflowed
    const quint32 next = cursor.next<quint32>();
    return !cursor.isBehind() && qint32(next - xid) <= 0; // numbers go round
}

} // namespace

quint64 TransactionChanges::deleted() const
{
    quint64 rows = 0;
    for (const RowCounts &table : tables)
        rows += table.deleted;
    return rows;
}

std::optional<RowChange> rowChangeOf(QByteArrayView record)
{
    const bool heap2 = managerOf(record) == heap2Manager;
    const quint8 kind = infoOf(record) & heapMask;
    if (!(heap2 && kind == multiInsert) && !(managerOf(record) == heapManager && (kind == Insert || kind == Delete || kind == Update || kind == HotUpdate)))
        return std::nullopt;
    const auto block = firstBlockOf(record);
    if (!block || block->fork != 0)
        return std::nullopt;
    RowChange change{xidOf(record), block->relation, {}};
    if (heap2) { // xl_heap_multi_insert: flags, then how many
        WalCursor data{record.last(std::min<qsizetype>(block->mainSize, record.size() - recordHeader))};
        data.skip(2);
        change.rows.inserted = data.next<quint16>();
    } else {
        (kind == Insert ? change.rows.inserted : kind == Delete ? change.rows.deleted : change.rows.updated) = 1;
    }
    return change;
}

CommitParts commitPartsOf(QByteArrayView record)
{
    CommitParts parts;
    const auto data = mainData(record);
    if (managerOf(record) != transactionManager || !data || !(infoOf(record) & 0x80))
        return parts;
    WalCursor cursor{*data};
    cursor.skip(8); // the time
    const quint32 info = cursor.next<quint32>();
    if (info & DbInfo)
        cursor.skip(8);
    if (info & Subxacts) {
        for (quint32 left = cursor.next<quint32>(); left > 0 && !cursor.isBehind(); --left)
            parts.subxids << cursor.next<quint32>();
    }
    if (info & Relations) {
        for (quint32 left = cursor.next<quint32>(); left > 0 && !cursor.isBehind(); --left)
            parts.dropped << fileAt(cursor);
    }
    return parts;
}

Result<Changes> changesOf(const ArchiveAccess &archive, const Inventory &inventory, const ChangesWanted &wanted, const Progress &progress, const CancelToken &cancel)
{
    if (wanted.toUs && wanted.toUs < wanted.fromUs)
        return fail(ErrorKind::Client, u"bad_moment"_s, u"The time ends before it begins"_s);
    Changes changes;
    const auto way = inventory.timelines.wayTo(wanted.timeline);
    if (!way)
        return fail(ErrorKind::Client, u"no_history"_s, u"The history of timeline %1 is not in %2"_s.arg(wanted.timeline).arg(archive.where));
    QVector<const SegmentFacts *> along;
    quint64 last = 0;
    for (auto key = inventory.segments.keyBegin(); key != inventory.segments.keyEnd(); ++key)
        last = std::max(last, key->number);
    for (quint64 number = inventory.segments.isEmpty() ? 1 : inventory.segments.firstKey().number; number <= last; ++number) {
        for (Timeline timeline : Timelines::holding(*way, number, inventory.segmentSize)) {
            if (const auto found = inventory.segments.constFind({timeline, number}); found != inventory.segments.cend()) {
                along << &*found;
                break;
            }
        }
    }
    const auto within = [&](qint64 us) { return us >= wanted.fromUs && (!wanted.toUs || us <= wanted.toUs); };
    qsizetype first = along.size(), behind = 0;
    for (qsizetype i = 0; i < along.size(); ++i) {
        if (along.at(i)->hasEnds() && along.at(i)->maxUs >= wanted.fromUs && (!wanted.toUs || along.at(i)->minUs <= wanted.toUs)) {
            first = std::min(first, i);
            behind = i + 1;
        }
    }
    // Back to where the oldest of them can have begun.
    std::optional<quint32> oldest;
    for (qsizetype i = first; i < behind; ++i) {
        if (along.at(i)->hasEnds() && (!oldest || qint32(along.at(i)->minXid - *oldest) < 0))
            oldest = along.at(i)->minXid;
    }
    bool bounded = !oldest;
    while (!bounded && first > 0 && along.at(first - 1)->segment.number + 1 == along.at(first)->segment.number) {
        if (cancel.isCancelled())
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled"_s);
        const SegmentFacts &facts = *along.at(--first);
        if (progress)
            progress({u"Look for where they began"_s, facts.file, 0, 0, {}});
        const auto bytes = archive.read(facts.file, cancel);
        if (!bytes)
            return fail(bytes.error());
        WalScanner back(inventory.segmentSize);
        back.setRecordSink([&](Lsn, QByteArrayView record) { bounded = bounded || saysYounger(record, *oldest); });
        std::ignore = back.scan(facts.segment, *bytes, [](const WalEvent &) {});
    }
    changes.beginsBefore = !bounded;
    WalScanner scanner(inventory.segmentSize);
    Open open(wanted);
    scanner.setRecordSink([&](Lsn, QByteArrayView record) { open.take(record); });
    for (qsizetype i = first; i < behind; ++i) {
        if (cancel.isCancelled())
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled"_s);
        const SegmentFacts &facts = *along.at(i);
        if (progress)
            progress({u"Read who changed what"_s, facts.file, i - first, behind - first, u"segments"_s});
        auto bytes = segmentBytes(archive, facts.file, inventory.segmentSize, cancel);
        if (!bytes && bytes.error().reason == "not_decompressed"_L1)
            bytes = QByteArray(); // as good as none
        if (!bytes)
            return fail(bytes.error());
        const SegmentScan scan = scanner.scan(facts.segment, *bytes, [&](const WalEvent &event) {
            if (event.kind != WalEvent::Kind::Commit && event.kind != WalEvent::Kind::Abort)
                return;
            auto one = open.end(event);
            if (event.kind != WalEvent::Kind::Commit || !within(event.atUs))
                return;
            ++changes.committed;
            if (one)
                changes.transactions.append(*std::move(one));
        });
        const bool hole = i > first && along.at(i - 1)->segment.number + 1 != facts.segment.number;
        changes.isComplete = changes.isComplete && scan.state == SegmentScan::State::Whole && !hole;
        // Never more than twice as many as are wanted: a day of a busy server has millions.
        if (changes.transactions.size() > 2 * wanted.most + 1000 || i + 1 == behind) {
            std::sort(changes.transactions.begin(), changes.transactions.end(), [](const TransactionChanges &a, const TransactionChanges &b) {
                return a.dropped.isEmpty() != b.dropped.isEmpty() ? !a.dropped.isEmpty() : a.deleted() != b.deleted() ? a.deleted() > b.deleted() : a.commit < b.commit;
            });
            changes.transactions.resize(std::min<qsizetype>(wanted.most, changes.transactions.size()));
        }
    }
    std::sort(changes.transactions.begin(), changes.transactions.end(), [](const TransactionChanges &a, const TransactionChanges &b) { return a.commit < b.commit; });
    return changes;
}

} // namespace howdah::backup
