// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/remembered.h"

#include "base/savefile.h"

#include <QDataStream>
#include <QFile>

namespace howdah::backup
{

namespace
{

constexpr quint32 form = 0x48574c03; // "HWL" and the version: another one is not read

// One list of what is kept, for both directions.
template<typename Stream, typename Event>
void passEvent(Stream &stream, Event &event)
{
    stream << event.kind << event.begin.value << event.end.value << event.before.value << event.xid << event.atUs << event.name << event.backupStart.value;
    for (auto &setting : event.settings)
        stream << setting;
    stream << event.timeline << event.previous;
}

struct Reading {
    QDataStream &stream;
    template<typename T>
    Reading &operator<<(T &value)
    {
        stream >> value;
        return *this;
    }
};

template<typename Stream, typename Facts>
void passFacts(Stream &stream, Facts &facts)
{
    stream << facts.segment.timeline << facts.segment.number << facts.file << facts.bytes << facts.changedNs << facts.sha256 << facts.content << facts.first << facts.scan.state << facts.scan.problem << facts.scan.end.value
           << facts.scan.lastRecord.value << facts.scan.goesOn << facts.scan.systemIdentifier << facts.scan.major << facts.altered << facts.begunAnew << facts.commits << facts.aborts << facts.minUs << facts.maxUs
           << facts.minXid << facts.maxXid << facts.lastCommit.value;
}

} // namespace

Remembered readRemembered(const QString &path, quint64 segmentSize)
{
    Remembered all;
    QFile file(path);
    if (path.isEmpty() || !file.open(QIODevice::ReadOnly))
        return all;
    const QByteArray bytes = file.readAll(); // a few hundred bytes a segment
    QDataStream stream(bytes);
    stream.setVersion(QDataStream::Qt_6_4);
    quint32 magic = 0, count = 0;
    quint64 size = 0;
    stream >> magic >> size >> count;
    if (magic != form || size != segmentSize)
        return all;
    all.reserve(std::min<qsizetype>(count, bytes.size() / 64));
    Reading reading{stream};
    for (quint32 i = 0; i < count && stream.status() == QDataStream::Ok; ++i) {
        SegmentFacts facts;
        passFacts(reading, facts);
        quint32 marks = 0;
        stream >> marks;
        for (quint32 mark = 0; mark < marks && stream.status() == QDataStream::Ok; ++mark) {
            WalEvent event;
            passEvent(reading, event);
            facts.marks.append(event);
        }
        if (stream.status() == QDataStream::Ok)
            all.insert(facts.file, facts);
    }
    return all;
}

Done writeRemembered(const QString &path, quint64 segmentSize, const QMap<Segment, SegmentFacts> &segments)
{
    if (path.isEmpty())
        return {};
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_4);
    stream << form << segmentSize << quint32(segments.size());
    for (const SegmentFacts &facts : segments) {
        passFacts(stream, facts);
        stream << quint32(facts.marks.size());
        for (const WalEvent &event : facts.marks)
            passEvent(stream, event);
    }
    return saveFile(path, bytes);
}

} // namespace howdah::backup
