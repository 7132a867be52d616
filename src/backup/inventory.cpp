// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/inventory.h"

#include "backup/backupmanifest.h"
#include "backup/compressed.h"
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
    struct Hashes {
        QByteArray asItLies, content;
    };
    Result<SegmentScan> pass(const SegmentFacts &facts, Hashes *hashes, const std::function<void(const WalEvent &)> &tell);

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

Result<SegmentScan> Reader::pass(const SegmentFacts &facts, Hashes *hashes, const std::function<void(const WalEvent &)> &tell)
{
    m_last = facts.segment;
    auto bytes = m_archive.read(facts.file, m_cancel);
    if (!bytes)
        return fail(std::move(bytes.error()));
    const auto sha256 = [&] { return QCryptographicHash::hash(*bytes, QCryptographicHash::Sha256); };
    if (hashes)
        *hashes = {sha256(), {}};
    SegmentScan scan;
    if (const ArchiveFile file = archiveFile(facts.file, m_inventory.segmentSize); !file.compression.isEmpty()) {
        bytes = decompressed(*bytes, file.compression, qsizetype(m_inventory.segmentSize));
        if (!bytes) {
            scan.problem = bytes.error().message;
            scan.end = facts.segment.begin(m_inventory.segmentSize);
            return scan;
        }
        if (hashes)
            hashes->content = sha256();
    } else if (hashes) {
        hashes->content = hashes->asItLies;
    }
    if (facts.twice)
        scan.problem = u"lies there twice, with different content"_s;
    else if (!facts.sha1.isEmpty() && QCryptographicHash::hash(*bytes, QCryptographicHash::Sha1).toHex() != facts.sha1 && quint64(bytes->size()) == m_inventory.segmentSize)
        scan.problem = u"is not what was archived: its SHA-1 is another"_s;
    if (!scan.problem.isEmpty()) {
        scan.end = facts.segment.begin(m_inventory.segmentSize);
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
    Hashes hashes;
    auto scan = pass(facts, &hashes, [&](const WalEvent &event) {
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
    facts.sha256 = hashes.asItLies;
    facts.content = hashes.content;
    const QString whose = QString::number(scan->systemIdentifier);
    if (facts.isWhole() && !m_inventory.systemIdentifier.isEmpty() && whose != m_inventory.systemIdentifier) {
        facts.scan.state = SegmentScan::State::NoWal;
        facts.scan.problem = u"is of another cluster (%1)"_s.arg(whose);
    }
    return {};
}

Result<quint64> sizeOfMost(const ArchiveAccess &archive, const QVector<ArchiveEntry> &entries, const CancelToken &cancel)
{
    static const QRegularExpression name(u"^[0-9A-F]{24}(?:\\.(\\w+))?\\z"_s);
    QMap<quint64, int> sizes;
    QVector<std::pair<QString, QString>> packed; // whose size only their content tells, and by what
    for (const ArchiveEntry &entry : entries) {
        const auto match = name.match(entry.name);
        if (match.hasMatch() && canDecompress(match.captured(1))) {
            packed.append({entry.name, match.captured(1)});
        } else if (match.hasMatch() && !match.hasCaptured(1) && isSegmentSize(quint64(entry.bytes))) {
            ++sizes[quint64(entry.bytes)];
        }
    }
    const auto most = std::max_element(sizes.cbegin(), sizes.cend());
    if (most != sizes.cend())
        return most.key();
    if (packed.isEmpty())
        return 16 << 20; // the usual one: there is nothing that it would be wrong of
    // The first that is whole says it of all.
    for (const auto &[file, by] : std::as_const(packed)) {
        const auto bytes = archive.read(file, cancel);
        if (!bytes)
            return fail(bytes.error());
        const auto content = decompressed(*bytes, by, 1 << 30);
        if (content && isSegmentSize(quint64(content->size())))
            return quint64(content->size());
    }
    return fail(ErrorKind::Io, u"segment_size_unknown"_s, u"How large segments are is not known: none of the %1 packed ones in %2 can be unpacked"_s.arg(packed.size()).arg(archive.where));
}

SegmentFacts unread(const ArchiveEntry &entry, const ArchiveFile &file)
{
    SegmentFacts facts;
    facts.segment = file.segment;
    facts.file = entry.name;
    facts.bytes = entry.bytes;
    facts.changedNs = entry.changedNs;
    facts.sha1 = entry.sha1;
    return facts;
}

QString alteredText(const SegmentFacts &facts)
{
    return u"%1: its content is not what it was when it was read first%2"_s.arg(facts.file, facts.isWhole() ? u", though every record in it is sound: it was written over, or has rotted behind its last record"_s : u": "_s + facts.scan.problem);
}

// A segment may lie there as it is and compressed: recovery asks for the first. Under one name twice, it is neither.
void put(Inventory &inventory, const ArchiveEntry &entry, const ArchiveFile &file)
{
    const auto there = inventory.segments.find(file.segment);
    if (there == inventory.segments.end()) {
        inventory.segments.insert(file.segment, unread(entry, file));
        return;
    }
    if (there->file == entry.name)
        there->twice = true;
    else if (file.compression.isEmpty())
        *there = unread(entry, file);
}

// Of the small ones, which are text.
Result<QByteArray> textOf(const ArchiveAccess &archive, const QString &name, const ArchiveFile &file, const CancelToken &cancel)
{
    auto bytes = archive.read(name, cancel);
    return bytes && !file.compression.isEmpty() ? decompressed(*bytes, file.compression, 1 << 20) : bytes;
}

} // namespace

Result<Inventory> takeInventory(const ArchiveAccess &archive, quint64 segmentSize, const QString &systemIdentifier, const QString &remembered, const Progress &progress, const CancelToken &cancel, bool again)
{
    auto entries = archive.list(cancel);
    if (!entries)
        return fail(std::move(entries.error()));
    if (segmentSize == 0) {
        const auto found = sizeOfMost(archive, *entries, cancel);
        if (!found)
            return fail(found.error());
        segmentSize = *found;
    }
    if (!isSegmentSize(segmentSize))
        return fail(ErrorKind::Client, u"bad_segment_size"_s, u"A segment of WAL has no %1 bytes"_s.arg(segmentSize));
    Inventory inventory;
    inventory.segmentSize = segmentSize;
    inventory.systemIdentifier = systemIdentifier;
    const Remembered known = readRemembered(remembered, segmentSize);
    for (const ArchiveEntry &entry : std::as_const(*entries)) {
        const ArchiveFile file = archiveFile(entry.name, segmentSize);
        switch (file.kind) {
        case ArchiveFile::Kind::Segment: put(inventory, entry, file); break;
        case ArchiveFile::Kind::Unfinished: inventory.unfinished << entry.name; break;
        case ArchiveFile::Kind::History: {
            const auto text = textOf(archive, entry.name, file, cancel);
            if (!text && text.error().reason != "not_decompressed"_L1 && text.error().reason != "not_supported"_L1)
                return fail(text.error());
            if (!text) {
                inventory.problems << u"%1: %2"_s.arg(entry.name, text.error().message);
                break;
            }
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
            const auto text = textOf(archive, entry.name, file, cancel);
            if (!text && text.error().reason != "not_decompressed"_L1 && text.error().reason != "not_supported"_L1)
                return fail(text.error());
            if (!text) {
                inventory.problems << u"%1: %2"_s.arg(entry.name, text.error().message);
                break;
            }
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
        const bool same = !one->twice && before != known.cend() && before->bytes == one->bytes && before->changedNs == one->changedNs && before->isWhole() && !before->begunAnew
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
        one->first = before != known.cend() ? before->first : QByteArray();
        if (one->first.isEmpty() && one->isWhole())
            one->first = one->content;
        one->altered = !one->first.isEmpty() && one->content != one->first;
        if (one->altered)
            inventory.problems << alteredText(*one);
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

Result<QByteArray> segmentBytes(const ArchiveAccess &archive, const QString &file, quint64 segmentSize, const CancelToken &cancel)
{
    auto bytes = archive.read(file, cancel);
    const ArchiveFile name = archiveFile(file, segmentSize);
    return bytes && !name.compression.isEmpty() ? decompressed(*bytes, name.compression, qsizetype(segmentSize)) : bytes;
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
