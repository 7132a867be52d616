// SPDX-License-Identifier: GPL-3.0-or-later
// Files of an archive that were compressed on their way there, as archivers' gzip and zstd do it. Pure, any thread.
#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QString>

namespace howdah::backup
{

// "gz", and "zst" where this program was built with libzstd; others it names and can't read.
bool canDecompress(const QString &compression);
// What is behind it. Errors: Io/not_decompressed, where it is damaged, cut off or more than `most` bytes; Client/not_supported.
Result<QByteArray> decompressed(const QByteArray &bytes, const QString &compression, qsizetype most);

} // namespace howdah::backup
