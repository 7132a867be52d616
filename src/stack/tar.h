// SPDX-License-Identifier: GPL-3.0-or-later
// A few small files as a tar stream (ustar), so that keys travel through a pipe and never lie on this machine's disk. Pure, any thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace howdah::stack
{

struct TarFile {
    QByteArray name; // up to 99 bytes, no folder
    QByteArrayView bytes;
};

QByteArray tarStream(const std::vector<TarFile> &files);

} // namespace howdah::stack
