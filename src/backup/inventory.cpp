// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/inventory.h"

#include "backup/backupmanifest.h"
#include "backup/remembered.h"

#include <QCryptographicHash>
#include <QRegularExpression>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// Reads segments with what came before them.
class Reader
{
public:
    Reader(const ArchiveAccess &archive, Inventory &inventory, const CancelToken &cancel) : m_archive(archive), m_inventory(inventory), m_cancel(cancel), m_scanner(inventory.segmentSize) {}

    Done read(SegmentFacts &facts, QVector<WalEvent> *all);
    void setRecordSink(std::function<void(Lsn, QByteArrayView)> sink) { m_scanner.setRecordSink(std::move(sink)); }

private:
    const SegmentFacts *before(const Segment &segment) const;
    Result<SegmentScan> pass(const SegmentFacts &facts, QByteArray *sha256, const std::function<void(const WalEvent &)> &tell);

    const ArchiveAccess &m_archive;
    Inventory &m_inventory;
    const CancelToken &m_cancel;
    WalScanner m_scanner;
    std::optional<Segment> m_last; // that the scanner has seen
};

// Of its own timeline, else of the one that it branched off.
const SegmentFacts *Reader::before(const Segment &segment) const
{
    if (segment.number == 0)
        return nullptr;
    const auto way = m_inventory.timelines.wayTo(segment.timeline);
    const QVector<Timeline> timelines = way ? Timelines::holding(*way, segment.number - 1, m_inventory.segmentSize) : QVector<Timeline>{segment.timeline};
    for (Timeline timeline : timelines) {
        if (const auto found = m_inventory.segments.constFind({timeline, segment.number - 1}); found != m_inventory.segments.cend())
            return &*found;
    }
    return nullptr;
}

Result<SegmentScan> Reader::pass(const SegmentFacts &facts, QByteArray *sha256, const std::function<void(const WalEvent &)> &tell)
{
    m_last = facts.segment;
    auto bytes = m_archive.read(facts.file, m_cancel);
    if (!bytes)
        return fail(std::move(bytes.error()));
    if (sha256)
        *sha256 = QCryptographicHash::hash(*bytes, QCryptographicHash::Sha256);
    SegmentScan scan;
    if (facts.file != facts.segment.name(m_inventory.segmentSize)) {
        scan.problem = u"is compressed, which is not read yet"_s;
        return scan;
    }
    return m_scanner.scan(facts.segment, *bytes, tell);
}

Done Reader::read(SegmentFacts &facts, QVector<WalEvent> *all)
{
    const SegmentFacts *previous = before(facts.segment);
    facts.begunAnew = !previous || !previous->isWhole();
    if (!previous || m_last != previous->segment) {
        m_scanner.forget(); // the one of this number before it may be another branch's
        // A record that goes on is read from its begin, however many segments that is.
        QVector<const SegmentFacts *> again;
        for (const SegmentFacts *one = previous; !facts.begunAnew && one && one->isWhole() && one->scan.goesOn; one = before(one->segment)) {
            again.prepend(one);
            if (one->scan.end >= one->segment.begin(m_inventory.segmentSize))
                break;
        }
        for (const SegmentFacts *one : std::as_const(again)) {
            if (auto passed = pass(*one, nullptr, [](const WalEvent &) {}); !passed)
                return fail(std::move(passed.error()));
        }
    }
    auto scan = pass(facts, &facts.sha256, [&](const WalEvent &event) {
        if (all)
            all->append(event);
        if (event.kind != WalEvent::Kind::Commit && event.kind != WalEvent::Kind::Abort) {
            facts.marks.append(event);
            return;
        }
        const bool first = !facts.hasEnds(), commit = event.kind == WalEvent::Kind::Commit;
        ++(commit ? facts.commits : facts.aborts);
        facts.minUs = first ? event.atUs : std::min(facts.minUs, event.atUs);
        facts.maxUs = first ? event.atUs : std::max(facts.maxUs, event.atUs);
        facts.minXid = first ? event.xid : std::min(facts.minXid, event.xid);
        facts.maxXid = first ? event.xid : std::max(facts.maxXid, event.xid);
        if (commit)
            facts.lastCommit = event.begin;
    });
    if (!scan)
        return fail(std::move(scan.error()));
    facts.scan = *scan;
    const QString whose = QString::number(scan->systemIdentifier);
    if (facts.isWhole() && !m_inventory.systemIdentifier.isEmpty() && whose != m_inventory.systemIdentifier) {
        facts.scan.state = SegmentScan::State::NoWal;
        facts.scan.problem = u"is of another cluster (%1)"_s.arg(whose);
    }
    return {};
}

quint64 sizeOfMost(const QVector<ArchiveEntry> &entries)
{
    static const QRegularExpression name(u"^[0-9A-F]{24}\\z"_s);
    QMap<quint64, int> sizes;
    for (const ArchiveEntry &entry : entries) {
        if (isSegmentSize(quint64(entry.bytes)) && name.match(entry.name).hasMatch())
            ++sizes[quint64(entry.bytes)];
    }
    const auto most = std::max_element(sizes.cbegin(), sizes.cend());
    return most == sizes.cend() ? quint64(16) << 20 : most.key();
}

SegmentFacts unread(const ArchiveEntry &entry, const ArchiveFile &file)
{
    SegmentFacts facts;
    facts.segment = file.segment;
    facts.file = entry.name;
    facts.bytes = entry.bytes;
    facts.changedNs = entry.changedNs;
    return facts;
}

QString alteredText(const SegmentFacts &facts)
{
    return u"%1: its content is not what it was when it was read first%2"_s.arg(facts.file, facts.isWhole() ? u", though every record in it is sound: it was written over, or has rotted behind its last record"_s : u": "_s + facts.scan.problem);
}

} // namespace

Result<Inventory> takeInventory(const ArchiveAccess &archive, quint64 segmentSize, const QString &systemIdentifier, const QString &remembered, const Progress &progress, const CancelToken &cancel, bool again)
{
    auto entries = archive.list(cancel);
    if (!entries)
        return fail(std::move(entries.error()));
    if (segmentSize == 0)
        segmentSize = sizeOfMost(*entries);
    if (!isSegmentSize(segmentSize))
        return fail(ErrorKind::Client, u"bad_segment_size"_s, u"A segment of WAL has no %1 bytes"_s.arg(segmentSize));
    Inventory inventory;
    inventory.segmentSize = segmentSize;
    inventory.systemIdentifier = systemIdentifier;
    const Remembered known = readRemembered(remembered, segmentSize);
    for (const ArchiveEntry &entry : std::as_const(*entries)) {
        const ArchiveFile file = archiveFile(entry.name, segmentSize);
        switch (file.kind) {
        case ArchiveFile::Kind::Segment:
            if (file.compression.isEmpty() || !inventory.segments.contains(file.segment)) // of one that is there twice the plain one
                inventory.segments.insert(file.segment, unread(entry, file));
            break;
        case ArchiveFile::Kind::Unfinished: inventory.unfinished << entry.name; break;
        case ArchiveFile::Kind::History: {
            const auto text = archive.read(entry.name, cancel);
            if (!text)
                return fail(text.error());
            auto ancestors = parseHistory(file.timeline, *text);
            if (ancestors && !ancestors->isEmpty())
                inventory.timelines.histories.insert(file.timeline, *std::move(ancestors));
            else
                inventory.problems << u"%1: %2"_s.arg(entry.name, ancestors ? u"is empty"_s : ancestors.error().message);
            break;
        }
        case ArchiveFile::Kind::Foreign:
            if (entry.name.size() >= 24 && entry.name.at(0).isDigit())
                inventory.problems << u"%1: no name of a segment of %2 MB"_s.arg(entry.name).arg(segmentSize >> 20);
            break;
        case ArchiveFile::Kind::BackupLabel: {
            const auto text = archive.read(entry.name, cancel);
            if (!text)
                return fail(text.error());
            if (const auto label = BackupLabel::parse(*text); label && label->stopMs)
                inventory.backupEnds.insert({file.segment.timeline, file.lsn}, *label->stopMs * 1000);
            break;
        }
        case ArchiveFile::Kind::Partial: break;
        }
    }
    Reader reader(archive, inventory, cancel);
    bool changed = false;
    qint64 done = 0;
    for (auto one = inventory.segments.begin(); one != inventory.segments.end(); ++one, ++done) {
        if (cancel.isCancelled())
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled"_s);
        const auto before = known.constFind(one->file);
        const bool same = before != known.cend() && before->bytes == one->bytes && before->changedNs == one->changedNs && before->isWhole() && !before->begunAnew
            && (systemIdentifier.isEmpty() || QString::number(before->scan.systemIdentifier) == systemIdentifier);
        if (same && !again) {
            *one = *before;
            if (one->altered)
                inventory.problems << alteredText(*one);
            continue;
        }
        if (progress)
            progress({u"Read the WAL archive"_s, one->file, done, inventory.segments.size(), u"segments"_s});
        if (Done read = reader.read(*one, nullptr); !read)
            return fail(std::move(read.error()));
        if (before != known.cend() && !before->sha256.isEmpty()) {
            one->altered = before->altered || (before->isWhole() && before->sha256 != one->sha256);
            if (one->altered)
                inventory.problems << alteredText(*one);
        }
        changed = true;
    }
    if (inventory.systemIdentifier.isEmpty() && !inventory.segments.isEmpty())
        inventory.systemIdentifier = QString::number(inventory.segments.last().scan.systemIdentifier);
    if (changed || known.size() != inventory.segments.size()) {
        if (Done written = writeRemembered(remembered, segmentSize, inventory.segments); !written)
            return fail(std::move(written.error()));
    }
    return inventory;
}

Result<Lsn> recordFrom(const ArchiveAccess &archive, const Inventory &inventory, const Segment &segment, Lsn lsn, const CancelToken &cancel)
{
    Inventory copy = inventory;
    const auto known = copy.segments.constFind(segment);
    if (known == copy.segments.cend())
        return fail(ErrorKind::Client, u"no_such_segment"_s, u"There is no %1 in %2"_s.arg(segment.name(inventory.segmentSize), archive.where));
    SegmentFacts facts;
    facts.segment = known->segment;
    facts.file = known->file;
    Lsn found;
    Reader reader(archive, copy, cancel);
    reader.setRecordSink([&](Lsn begin, QByteArrayView) {
        if (begin >= lsn && found.isNone())
            found = begin;
    });
    if (Done read = reader.read(facts, nullptr); !read)
        return fail(std::move(read.error()));
    return found;
}

Result<QVector<WalEvent>> eventsOf(const ArchiveAccess &archive, const Inventory &inventory, const Segment &segment, const CancelToken &cancel)
{
    Inventory copy = inventory;
    const auto known = copy.segments.constFind(segment);
    if (known == copy.segments.cend())
        return fail(ErrorKind::Client, u"no_such_segment"_s, u"There is no %1 in %2"_s.arg(segment.name(inventory.segmentSize), archive.where));
    SegmentFacts facts;
    facts.segment = known->segment;
    facts.file = known->file;
    QVector<WalEvent> events;
    if (Done read = Reader(archive, copy, cancel).read(facts, &events); !read)
        return fail(std::move(read.error()));
    if (facts.sha256 != known->sha256)
        return fail(ErrorKind::Client, u"changed_since"_s, u"%1 is not what it was when the archive was read"_s.arg(facts.file));
    return events;
}

} // namespace howdah::backup
