// SPDX-License-Identifier: GPL-3.0-or-later
// How much room the copy of a chain takes, as its own files say it. Blocking; any thread but the window's.
#pragma once

#include "backup/copyspace.h"
#include "backup/repository.h"

namespace howdah::backup
{

// `chain`: from the full one on. Bytes, at most; nullopt: it can't be told.
std::optional<qint64> copyBytesOf(const Repository &repository, const QVector<const Backup *> &chain, const CancelToken &cancel = {});

} // namespace howdah::backup
