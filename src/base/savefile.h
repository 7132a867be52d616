// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a whole file or leaves the old one: temp file beside it, fsync, rename, fsync of the folder. QSaveFile alone can replace a good
// file by a short one on a full disk (measured: write() short, commit() true), so the length is checked here. Any thread but the window's.
#pragma once

#include "base/result.h"

#include <QByteArray>

namespace howdah
{

Done saveFile(const QString &path, const QByteArray &bytes, int mode = 0600);

} // namespace howdah
