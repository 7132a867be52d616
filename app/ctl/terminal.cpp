// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/terminal.h"

#include "base/units.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <mutex>

#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace howdah::ctl
{

QByteArray printable(const QString &text)
{
    QString out;
    out.reserve(text.size());
    for (const QChar c : text) {
        const ushort u = c.unicode();
        if (u < 0x20 && c != QLatin1Char('\n') && c != QLatin1Char('\t'))
            out += QChar(0x2400 + u);
        else if (u >= 0x7f && u < 0xa0) // DEL, and the second set of control characters, which some terminals obey
            out += QChar(0x2421);
        else if (c == QChar(0x200c) || c == QChar(0x200d)) // several scripts are not read without them
            out += c;
        else if (units::isInvisibleMark(c))
            out += units::drawnMark(c);
        else
            out += c;
    }
    return out.toUtf8();
}

static void writeAll(FILE *file, const QByteArray &bytes)
{
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), file);
    std::fflush(file);
}

void toOutput(const QByteArray &bytes)
{
    writeAll(stdout, bytes);
}

void toErrors(const QByteArray &bytes)
{
    writeAll(stderr, bytes);
}

static std::atomic<bool> lineIsOpen = false;

Progress progressLine()
{
    struct Line {
        std::mutex mutex;
        bool terminal = ::isatty(STDERR_FILENO) == 1;
        QString step;
        std::chrono::steady_clock::time_point last;
    };
    return [line = std::make_shared<Line>()](const ProgressStep &step) {
        const std::lock_guard lock(line->mutex);
        const bool next = step.step != line->step;
        line->step = step.step;
        if (!line->terminal) {
            if (next)
                toErrors(printable(units::oneLine(step.step)) + '\n');
            return;
        }
        const auto now = std::chrono::steady_clock::now();
        if (!next && now - line->last < std::chrono::milliseconds(100))
            return;
        line->last = now;
        QString text = units::oneLine(step.step);
        if (step.total > 0)
            text += QLatin1Char(' ') + QString::number(step.done * 100 / step.total) + QStringLiteral(" %");
        if (!step.note.isEmpty())
            text += QStringLiteral(": ") + units::oneLine(step.note);
        toErrors("\r\033[K" + text.left(110).toUtf8());
        lineIsOpen = true;
    };
}

void endProgressLine()
{
    if (lineIsOpen.exchange(false))
        toErrors("\r\033[K");
}

namespace
{
class NoEcho
{
public:
    NoEcho()
    {
        if (::isatty(STDIN_FILENO) != 1 || ::tcgetattr(STDIN_FILENO, &m_before) != 0)
            return;
        m_on = true;
        termios quiet = m_before;
        quiet.c_lflag &= ~tcflag_t(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
        toErrors("Password: ");
    }
    ~NoEcho()
    {
        if (!m_on)
            return;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
        toErrors("\n");
    }
    NoEcho(const NoEcho &) = delete;
    NoEcho &operator=(const NoEcho &) = delete;

private:
    termios m_before{};
    bool m_on = false;
};
} // namespace

Done readLine(QByteArray &line, const CancelToken &cancel)
{
    constexpr qsizetype longest = 64 << 10; // a token with many claims has a few KB
    line.reserve(longest);
    for (char c = 0; line.size() < longest;) {
        pollfd wait[]{{STDIN_FILENO, POLLIN, 0}, {cancel.eventFd(), POLLIN, 0}};
        if (::poll(wait, 2, -1) < 0 && errno != EINTR)
            return {};
        if (cancel.isCancelled())
            return fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"));
        if (wait[0].revents == 0)
            continue;
        if (::read(STDIN_FILENO, &c, 1) != 1 || c == '\n')
            return {};
        line += c;
    }
    line.fill('\0');
    return fail(ErrorKind::Client, QStringLiteral("too_long"), QStringLiteral("The line on standard input is longer than 64 KB"));
}

Result<Secret> readPassword(const CancelToken &cancel)
{
    const NoEcho quiet;
    QByteArray line;
    if (Done read = readLine(line, cancel); !read)
        return fail(std::move(read.error()));
    if (line.endsWith('\r'))
        line.chop(1);
    const Secret secret(line);
    line.fill('\0');
    if (secret.isEmpty())
        return fail(ErrorKind::Client, QStringLiteral("no_input"), QStringLiteral("No password came on standard input"));
    return secret;
}

} // namespace howdah::ctl
