// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes as one gzip member (RFC 1952), for bodies of HTTP. Any thread.
#pragma once

#include <QByteArray>

namespace howdah::health
{

QByteArray gzip(const QByteArray &bytes);

} // namespace howdah::health
