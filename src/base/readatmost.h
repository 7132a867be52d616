// SPDX-License-Identifier: GPL-3.0-or-later
// A file's bytes, all of them: a read that fails in the middle is none (QFile::readAll() gives what came before it). One byte more than `most`
// where it is larger, which a pipe's size does not tell. Never on the window's thread.
#pragma once

#include <QFile>

#include <optional>

namespace howdah
{

// Nothing: unreadable, see file.errorString().
inline std::optional<QByteArray> readAtMost(QFile &file, qint64 most)
{
    constexpr qint64 piece = 1 << 18;
    QByteArray bytes;
    QByteArray next(piece, Qt::Uninitialized);
    while (bytes.size() <= most) {
        const qint64 got = file.read(next.data(), qMin(piece, most + 1 - bytes.size()));
        if (got < 0)
            return std::nullopt;
        if (got == 0)
            break;
        bytes.append(next.constData(), got);
    }
    return bytes;
}

} // namespace howdah
