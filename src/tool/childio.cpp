// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/childio.h"

#include <array>
#include <cerrno>

#include <string.h>
#include <unistd.h>

namespace howdah::tool
{

namespace
{
constexpr qsizetype maxLine = 16 << 10; // a progress bar without line feeds must not grow without bound
constexpr qsizetype maxLastLines = 20;
} // namespace

std::vector<char *> pointers(const QByteArrayList &list)
{
    std::vector<char *> result;
    for (const QByteArray &entry : list)
        result.push_back(const_cast<char *>(entry.constData()));
    result.push_back(nullptr);
    return result;
}

void FileDescriptor::reset(int fd)
{
    if (m_fd >= 0)
        ::close(m_fd);
    m_fd = fd;
}

void OutputStream::readSome()
{
    std::array<char, 65536> buffer;
    while (fd.isOpen()) {
        const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
        if (got > 0) {
            take(buffer.data(), got);
            if (m_secret)
                ::explicit_bzero(buffer.data(), size_t(got));
            if (got < ssize_t(buffer.size()))
                return; // the wait loop looks at the other streams, the deadline and the cancel event in between
        } else if (got < 0 && errno == EINTR) {
            continue;
        } else if (got < 0 && errno == EAGAIN) {
            return;
        } else {
            fd.close();
        }
    }
}

void OutputStream::take(const char *bytes, qsizetype size)
{
    const qsizetype room = std::max<qsizetype>(0, m_command.maxOutput - m_kept.size());
    m_kept.append(bytes, std::min(room, size));
    m_truncated = m_truncated || size > room;
    if (m_secret)
        return;
    for (qsizetype i = 0; i < size; ++i) {
        if (bytes[i] == '\n' || bytes[i] == '\r')
            endLine();
        else if (m_line.size() < maxLine)
            m_line.append(bytes[i]);
    }
}

void OutputStream::endLine()
{
    if (m_line.isEmpty())
        return;
    m_lastLines.append(m_line);
    if (m_lastLines.size() > maxLastLines)
        m_lastLines.removeFirst();
    if (m_command.onLine)
        m_command.onLine(m_line);
    m_line.clear();
}

void OutputStream::finish()
{
    fd.close();
    endLine();
}

void InputStream::writeSome()
{
    while (fd.isOpen()) {
        if (m_written == m_bytes.size()) {
            fd.close();
            return;
        }
        const ssize_t put = ::write(fd.get(), m_bytes.constData() + m_written, size_t(m_bytes.size() - m_written));
        if (put >= 0)
            m_written += put;
        else if (errno == EAGAIN)
            return;
        else if (errno != EINTR)
            fd.close();
    }
}

Command dyingWithUs(Command command)
{
    const Result<QString> setpriv = findProgram(QStringLiteral("setpriv"));
    const Result<QString> program = command.program.startsWith(QLatin1Char('/')) ? Result<QString>(command.program) : findProgram(command.program);
    if (!setpriv || !program)
        return command; // what is not there is told by run()
    command.arguments = QStringList{QStringLiteral("--pdeathsig"), QStringLiteral("TERM"), QStringLiteral("--"), *program} + command.arguments;
    command.program = *setpriv;
    return command;
}

} // namespace howdah::tool
