// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/walscanner.h"

#include "backup/walrecord.h"

#include <QtEndian>

#include <isa-l/crc.h>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// XLogPageHeaderData, and XLogLongPageHeaderData of a segment's first page
constexpr qsizetype shortHeader = 24, longHeader = 40;
constexpr quint16 goesOnHere = 0x01, isLong = 0x02, overwritten = 0x08; // xlp_info
constexpr quint32 mostRecord = 1020U << 20; // XLogRecordMaxSize

template<typename T>
T at(QByteArrayView bytes, qsizetype offset)
{
    return qFromLittleEndian<T>(bytes.data() + offset);
}

qsizetype aligned(qsizetype offset)
{
    return (offset + 7) & ~qsizetype(7);
}

int majorOf(quint16 magic)
{
    switch (magic) {
    case 0xD110: return 15;
    case 0xD113: return 16;
    case 0xD116: return 17;
    case 0xD118: return 18;
    default: return 0;
    }
}

} // namespace

quint32 walCrc(QByteArrayView bytes, quint32 before)
{
    // isa-l takes and gives it without the inversions; it does not write through the pointer.
    return ~crc32_iscsi(const_cast<unsigned char *>(reinterpret_cast<const unsigned char *>(bytes.data())), int(bytes.size()), ~before);
}

// One segment on its way through.
struct WalScanner::Reader {
    WalScanner &scanner;
    const Segment segment;
    const QByteArrayView bytes;
    const std::function<void(const WalEvent &)> &tell;
    SegmentScan found = {};
    qsizetype offset = 0;
    qsizetype pageSize = 8192;
    bool ended = false;

    Lsn place() const { return {segment.begin(scanner.m_segmentSize).value + quint64(offset)}; }
    void end(SegmentScan::State state, const QString &problem, Lsn at)
    {
        ended = true;
        found.state = state;
        found.problem = problem;
        found.end = at;
    }
    bool isOpen() const { return scanner.m_openLength > 0; }
    qsizetype missing() const { return qsizetype(scanner.m_openLength) - scanner.m_open.size(); }
    void close()
    {
        scanner.m_open.clear();
        scanner.m_openLength = 0;
    }
    // As much of the open record as this page holds.
    void take()
    {
        const qsizetype most = std::min(missing(), pageSize - offset % pageSize);
        scanner.m_open += bytes.sliced(offset, most);
        offset += most;
        if (missing() == 0)
            recordEnds();
    }
    void recordEnds();
    void page();
    void recordBegins();
    bool firstHeader();
    void all()
    {
        if (!firstHeader())
            return;
        while (!ended && offset < bytes.size()) {
            if (offset % pageSize == 0)
                page();
            else
                recordBegins();
        }
        if (!ended) {
            found.state = SegmentScan::State::Whole;
            found.goesOn = isOpen();
            found.end = isOpen() ? scanner.m_openBegin : place();
        }
    }
};

bool WalScanner::Reader::firstHeader()
{
    const quint64 size = scanner.m_segmentSize;
    if (quint64(bytes.size()) != size)
        end(SegmentScan::State::NoWal, u"has %1 bytes instead of %2"_s.arg(bytes.size()).arg(size), segment.begin(size));
    else if (at<quint16>(bytes, 0) >> 8 != 0xD1 || !(at<quint16>(bytes, 2) & isLong) || at<quint64>(bytes, 8) != segment.begin(size).value || at<quint32>(bytes, 32) != size)
        end(SegmentScan::State::NoWal, std::all_of(bytes.cbegin(), bytes.cbegin() + shortHeader, [](char one) { return one == 0; }) ? u"begins with zeros"_s : u"does not begin as this segment does"_s, segment.begin(size));
    if (ended)
        return false;
    found.major = majorOf(at<quint16>(bytes, 0));
    found.systemIdentifier = at<quint64>(bytes, 24);
    pageSize = at<quint32>(bytes, 36);
    if (pageSize < 1024 || pageSize > 65536 || (pageSize & (pageSize - 1)) != 0)
        end(SegmentScan::State::NoWal, u"says that its pages have %1 bytes"_s.arg(pageSize), segment.begin(size));
    return !ended;
}

void WalScanner::Reader::page()
{
    const QByteArrayView header = bytes.sliced(offset, longHeader);
    const quint16 info = at<quint16>(header, 2);
    const quint32 rest = at<quint32>(header, 16);
    if (at<quint16>(header, 0) != at<quint16>(bytes, 0) || at<quint64>(header, 8) != place().value || at<quint32>(header, 4) > segment.timeline || bool(info & isLong) != (offset == 0)) {
        // A server that died: nothing was written from here on, or what stood in the recycled file before.
        const bool unwritten = at<quint16>(header, 0) == 0 || (at<quint16>(header, 0) == at<quint16>(bytes, 0) && at<quint64>(header, 8) < place().value);
        const SegmentScan::State state = unwritten ? SegmentScan::State::EndsEarly : SegmentScan::State::Corrupt;
        if (isOpen())
            end(state, u"the record at %1 does not go on at %2"_s.arg(scanner.m_openBegin.text(), place().text()), scanner.m_openBegin);
        else
            end(state, u"there is no page at %1"_s.arg(place().text()), place());
        return;
    }
    const qsizetype size = info & isLong ? longHeader : shortHeader;
    if (isOpen() && info & overwritten)
        close(); // the record was given up in a crash; the server said so when it came back
    if (isOpen()) {
        if (!(info & goesOnHere) || qsizetype(rest) != missing()) {
            end(SegmentScan::State::Corrupt, u"the record at %1 does not go on at %2"_s.arg(scanner.m_openBegin.text(), place().text()), scanner.m_openBegin);
            return;
        }
        offset += size;
        take();
        return;
    }
    if (info & goesOnHere && !scanner.m_previous.isNone()) {
        end(SegmentScan::State::Corrupt, u"the page at %1 goes on with a record that did not begin"_s.arg(place().text()), place());
        return;
    }
    const qsizetype skipped = info & goesOnHere ? std::min<qsizetype>(rest, pageSize - size) : 0;
    offset = std::min(aligned(offset + size + skipped), bytes.size());
}

void WalScanner::Reader::recordBegins()
{
    const quint32 length = at<quint32>(bytes, offset); // never divided, records being aligned
    if (length == 0) {
        end(SegmentScan::State::EndsEarly, u"ends at %1, before the segment does"_s.arg(place().text()), place());
        return;
    }
    if (length < recordHeader || length > mostRecord) {
        end(SegmentScan::State::Corrupt, u"no record at %1"_s.arg(place().text()), place());
        return;
    }
    scanner.m_open.reserve(std::min<quint32>(length, 64 << 10)); // what it says of itself is not checked yet
    scanner.m_openBegin = place();
    scanner.m_openLength = length;
    take();
}

void WalScanner::Reader::recordEnds()
{
    const QByteArrayView record = scanner.m_open;
    const Lsn begin = scanner.m_openBegin;
    const Lsn before{at<quint64>(record, 8)};
    const quint32 crc = walCrc(record.first(recordHeader - 4), walCrc(record.sliced(recordHeader)));
    if (crc != at<quint32>(record, recordHeader - 4)) {
        end(SegmentScan::State::Corrupt, u"the checksum of the record at %1 is wrong"_s.arg(begin.text()), begin);
    } else if (!scanner.m_previous.isNone() && before != scanner.m_previous) {
        end(SegmentScan::State::Corrupt, u"the record at %1 follows on %2 and not on %3"_s.arg(begin.text(), before.text(), scanner.m_previous.text()), begin);
    } else {
        scanner.m_previous = begin;
        found.lastRecord = begin;
        offset = std::min(aligned(offset), bytes.size());
        if (scanner.m_sink)
            scanner.m_sink(begin, record);
        if (isSwitch(record)) // the rest of the segment is nothing
            end(SegmentScan::State::Whole, {}, segment.end(scanner.m_segmentSize));
        if (auto event = eventOf(record, found.major)) {
            event->begin = begin;
            event->before = before;
            event->end = place();
            tell(*event);
        }
    }
    close();
}

SegmentScan WalScanner::scan(const Segment &segment, QByteArrayView bytes, const std::function<void(const WalEvent &)> &tell)
{
    if (segment.number != m_next || !m_isGood) {
        m_open.clear();
        m_openLength = 0;
        m_previous = {};
    }
    Reader reader{*this, segment, bytes, tell};
    reader.all();
    m_next = segment.number + 1;
    m_isGood = reader.found.state == SegmentScan::State::Whole;
    return reader.found;
}

} // namespace howdah::backup
