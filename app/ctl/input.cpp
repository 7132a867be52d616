// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/input.h"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

Result<QByteArray> readInput(const CancelToken &cancel)
{
    pollfd ready[] = {{STDIN_FILENO, POLLIN, 0}, {cancel.eventFd(), POLLIN, 0}};
    while (::poll(ready, 2, -1) < 0 && errno == EINTR) { }
    if (cancel.isCancelled())
        return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled"_s);
    QByteArray bytes(1 << 16, Qt::Uninitialized);
    const ssize_t got = ::read(STDIN_FILENO, bytes.data(), size_t(bytes.size()));
    if (got < 0)
        return fail(ErrorKind::Io, u"unreadable"_s, u"Standard input: %1"_s.arg(qt_error_string(errno)));
    bytes.truncate(got);
    return bytes;
}

Result<QByteArray> readInput(qint64 most, const CancelToken &cancel)
{
    QByteArray all;
    while (all.size() <= most) {
        auto piece = readInput(cancel);
        if (!piece || piece->isEmpty())
            return piece ? Result<QByteArray>(std::move(all)) : piece;
        all += *piece;
    }
    return all;
}

} // namespace howdah::ctl
