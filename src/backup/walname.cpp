// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/walname.h"

#include <QRegularExpression>

#include <bit>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

QString Lsn::text() const
{
    return u"%1/%2"_s.arg(value >> 32, 0, 16).arg(value & 0xffffffffU, 0, 16).toUpper();
}

std::optional<Lsn> Lsn::parse(const QString &text)
{
    static const QRegularExpression form(u"^([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})\\z"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    return Lsn{(match.capturedView(1).toULongLong(nullptr, 16) << 32) | match.capturedView(2).toULongLong(nullptr, 16)};
}

QString historyName(Timeline timeline)
{
    return u"%1.history"_s.arg(QString::number(timeline, 16).toUpper(), 8, u'0');
}

bool isSegmentSize(quint64 bytes)
{
    return std::has_single_bit(bytes) && bytes >= 1U << 20 && bytes <= 1U << 30;
}

QString Segment::name(quint64 segmentSize) const
{
    const quint64 perId = (quint64(1) << 32) / segmentSize;
    return u"%1%2%3"_s.arg(timeline, 8, 16, QLatin1Char('0')).arg(number / perId, 8, 16, QLatin1Char('0')).arg(number % perId, 8, 16, QLatin1Char('0')).toUpper();
}

ArchiveFile archiveFile(const QString &name, quint64 segmentSize)
{
    static const QRegularExpression wal(u"^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(?:\\.([0-9A-F]{8})\\.backup|(\\.partial))?(?:\\.(gz|lz4|zst|bz2))?\\z"_s),
        history(u"^([0-9A-F]{8})\\.history(?:\\.(gz|lz4|zst|bz2))?\\z"_s), unfinished(u"^(archtemp|\\.howdah-archive\\.|archive_status$)|\\.(tmp|part)$"_s);
    ArchiveFile file;
    if (const auto match = wal.match(name); match.hasMatch()) {
        const quint64 perId = (quint64(1) << 32) / segmentSize, part = match.capturedView(3).toULongLong(nullptr, 16);
        const Timeline timeline = match.capturedView(1).toUInt(nullptr, 16);
        if (part >= perId || timeline == 0)
            return file;
        file.segment = {timeline, match.capturedView(2).toULongLong(nullptr, 16) * perId + part};
        file.compression = match.captured(6);
        if (match.hasCaptured(4)) {
            file.kind = ArchiveFile::Kind::BackupLabel;
            file.lsn = {file.segment.begin(segmentSize).value + match.capturedView(4).toULongLong(nullptr, 16)};
        } else {
            file.kind = match.hasCaptured(5) ? ArchiveFile::Kind::Partial : ArchiveFile::Kind::Segment;
        }
    } else if (const auto one = history.match(name); one.hasMatch()) {
        file.kind = ArchiveFile::Kind::History;
        file.timeline = one.capturedView(1).toUInt(nullptr, 16);
        file.compression = one.captured(2);
    } else if (unfinished.match(name).hasMatch()) {
        file.kind = ArchiveFile::Kind::Unfinished;
    }
    return file;
}

} // namespace howdah::backup
