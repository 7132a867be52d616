// SPDX-License-Identifier: GPL-3.0-or-later
// The pipes of one child, for this room alone: what it says (bounded, cut into lines) and what it is told.
#pragma once

#include "tool/process.h"

#include <utility>
#include <vector>

namespace howdah::tool
{

class FileDescriptor
{
public:
    explicit FileDescriptor(int fd = -1) : m_fd(fd) {}
    ~FileDescriptor() { close(); }
    FileDescriptor(const FileDescriptor &) = delete;
    FileDescriptor &operator=(const FileDescriptor &) = delete;
    FileDescriptor(FileDescriptor &&other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    FileDescriptor &operator=(FileDescriptor &&other) noexcept
    {
        reset(std::exchange(other.m_fd, -1));
        return *this;
    }
    int get() const { return m_fd; }
    bool isOpen() const { return m_fd >= 0; }
    void reset(int fd);
    void close() { reset(-1); }

private:
    int m_fd;
};

// As posix_spawn takes them: null-terminated, good for as long as the list is.
std::vector<char *> pointers(const QByteArrayList &list);

// The kernel ends the child with the thread that started it, hence with this program, even where that is killed: a tunnel that outlives its user is an open
// door. posix_spawn can't ask for that; setpriv of util-linux can, and becomes the program itself.
Command dyingWithUs(Command command);

// One of the child's output streams. Bytes past the limit are read and dropped, so that the child never blocks on us.
class OutputStream
{
public:
    OutputStream(const Command &command, QByteArrayList &lastLines, bool secret = false)
        : m_command(command), m_lastLines(lastLines), m_secret(secret)
    {
        if (secret)
            m_kept.reserve(command.maxOutput); // growing would leave copies behind
    }
    FileDescriptor fd;
    void readSome(); // until the pipe is empty; closes fd at the end of the stream
    void finish();   // what came after the last line feed is a line too
    const QByteArray &kept() const { return m_kept; }
    bool truncated() const { return m_truncated; }

private:
    void take(const char *bytes, qsizetype size);
    void endLine();

    const Command &m_command;
    QByteArrayList &m_lastLines;
    QByteArray m_kept;
    QByteArray m_line;
    bool m_secret;
    bool m_truncated = false;
};

// The child's standard input. A child that stops reading (EPIPE) is no error of ours: its exit code tells.
class InputStream
{
public:
    explicit InputStream(const QByteArray &bytes) : m_bytes(bytes) {}
    FileDescriptor fd;
    void writeSome(); // closes fd when all is written or nobody reads
private:
    const QByteArray &m_bytes;
    qsizetype m_written = 0;
};

} // namespace howdah::tool
