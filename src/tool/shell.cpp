// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/shell.h"

#include "base/sigpipeblock.h"
#include "tool/spawn.h"

#include <QDeadlineTimer>
#include <QUuid>

#include <array>
#include <cerrno>

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace howdah::tool
{

namespace
{

// Of each call three lines, then the input and a line of the mark. The program's output comes as one line of base64, whatever is in it, and its exit code behind
// the mark on the next; its errors as they are, then the mark. Of a TERM to the group the programs end, and the shells that wait for them do not before them.
constexpr char script[] = R"(echo $$ >"$0"; nl='
'; exec 4>&1; trap : TERM
while IFS= read -r words && IFS= read -r size && IFS= read -r mark; do
eval "set -- $words"
r=$(trap : TERM; { head -c "$size" 2>/dev/null | { trap : TERM; "$@" 3>&- 4>&-; echo $? >&3; } | base64 -w0 >&4; } 3>&1)
printf '\n%s %s\n' "$mark" "$r" >&4; printf '\n%s\n' "$mark" >&2
while IFS= read -r rest && [ "$rest" != "$mark" ]; do :; done
done; rm -f "$0")";

// Neither a line feed nor anything that a shell reads otherwise than as itself.
QByteArray quoted(const QString &word)
{
    return '\'' + word.toUtf8().replace('\'', "'\\''").replace('\n', "'\"$nl\"'") + '\'';
}

// What comes up to a line of the mark; of what is before it only so much is kept.
class Answer
{
public:
    Answer(const QByteArray &mark, qsizetype most) : m_mark('\n' + mark), m_most(most) {}
    FileDescriptor *fd = nullptr;

    void take(const char *bytes, qsizetype size)
    {
        m_tail.append(bytes, size);
        if (const qsizetype at = m_tail.indexOf(m_mark); at >= 0) {
            const qsizetype ends = m_tail.indexOf('\n', at + m_mark.size());
            keep(at);
            if (ends >= 0)
                m_after = m_tail.sliced(m_mark.size(), ends - at - m_mark.size());
            m_complete = ends >= 0;
            return;
        }
        keep(std::max<qsizetype>(0, m_tail.size() - m_mark.size()));
    }
    void finish() { keep(m_tail.size()); } // there won't be a mark
    bool isComplete() const { return m_complete; }
    bool isTruncated() const { return m_truncated; }
    const QByteArray &kept() const { return m_kept; }
    QByteArray after() const { return m_after.trimmed(); }

private:
    void keep(qsizetype size)
    {
        const qsizetype room = std::max<qsizetype>(0, m_most - m_kept.size());
        m_kept.append(m_tail.constData(), std::min(room, size));
        m_truncated = m_truncated || size > room;
        m_tail.remove(0, size);
    }

    const QByteArray m_mark;
    const qsizetype m_most;
    QByteArray m_kept, m_tail, m_after;
    bool m_complete = false, m_truncated = false;
};

// False: there is no more.
bool readInto(FileDescriptor &fd, Answer &answer)
{
    std::array<char, 65536> buffer;
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got > 0)
        answer.take(buffer.data(), got);
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

QByteArrayList lastLines(const QByteArray &output, const QByteArray &errors)
{
    QByteArrayList lines;
    for (const QByteArray *stream : {&output, &errors}) {
        for (const QByteArray &line : stream->last(std::min<qsizetype>(stream->size(), 64 << 10)).split('\n')) {
            if (!line.isEmpty())
                lines << line;
        }
    }
    return lines.mid(std::max<qsizetype>(0, lines.size() - 20));
}

} // namespace

struct Shell::Child {
    Spawned spawned;
    QString program;
    ~Child() { std::ignore = end(300); }

    // Its input ends: it has so long to end by itself. Its exit code.
    int end(int graceMs)
    {
        if (spawned.pid <= 0)
            return 0;
        spawned.in.close();
        int status = 0;
        const QDeadlineTimer grace(graceMs);
        for (int signal : {0, SIGTERM, SIGKILL}) {
            if (signal)
                ::kill(-spawned.pid, signal);
            const QDeadlineTimer term(500);
            pid_t gone = 0;
            while ((gone = ::waitpid(spawned.pid, &status, signal == SIGKILL ? 0 : WNOHANG)) == 0 && !(signal ? term : grace).hasExpired())
                ::usleep(2'000);
            if (gone != 0 && !(gone < 0 && errno == EINTR))
                break;
        }
        spawned.pid = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
};

Shell::Shell(std::unique_ptr<Child> child) : m_child(std::move(child)) {}

Shell::~Shell() = default;

Result<std::unique_ptr<Shell>> Shell::start(Command starts, const QString &name)
{
    starts.arguments << QStringLiteral("sh") << QStringLiteral("-c") << QString::fromLatin1(script) << name;
    const auto program = starts.program.startsWith(QLatin1Char('/')) ? Result<QString>(starts.program) : findProgram(starts.program);
    if (!program)
        return fail(program.error());
    auto spawned = spawn(*program, starts);
    if (!spawned)
        return fail(std::move(spawned.error()));
    auto child = std::make_unique<Child>();
    child->spawned = *std::move(spawned);
    child->program = *program;
    return std::unique_ptr<Shell>(new Shell(std::move(child)));
}

// Between two calls it says nothing: what is there to be read is its end.
bool Shell::isUsable() const
{
    pollfd polled{m_child->spawned.out.get(), POLLIN, 0};
    return m_usable && ::poll(&polled, 1, 0) == 0;
}

Result<Outcome> Shell::run(const Call &call, const CancelToken &cancel)
{
    if (cancel.isCancelled())
        return fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"));
    const SigpipeBlock noSigpipe;
    const QByteArray mark = QUuid::createUuid().toByteArray(QUuid::Id128);
    QByteArrayList words;
    for (const QString &word : call.words)
        words << quoted(word);
    const QByteArray request = words.join(' ') + '\n' + QByteArray::number(call.input.size()) + '\n' + mark + '\n' + call.input + '\n' + mark + '\n';
    qsizetype written = 0;
    Answer output(mark, (call.maxOutput + 2) / 3 * 4), errors(mark, call.maxOutput);
    Spawned &shell = m_child->spawned;
    const QDeadlineTimer deadline = call.timeoutMs > 0 ? QDeadlineTimer(call.timeoutMs) : QDeadlineTimer(QDeadlineTimer::Forever);
    const int longest = cancel.eventFd() < 0 ? 100 : 60'000;
    bool hasOutput = true, hasErrors = true;
    while ((hasOutput && !output.isComplete()) || (hasErrors && !errors.isComplete())) {
        pollfd polled[] = {{hasOutput ? shell.out.get() : -1, POLLIN, 0}, {hasErrors ? shell.err.get() : -1, POLLIN, 0}, {written < request.size() ? shell.in.get() : -1, POLLOUT, 0}, {cancel.eventFd(), POLLIN, 0}};
        std::ignore = ::poll(polled, std::size(polled), deadline.isForever() ? longest : int(std::clamp<qint64>(deadline.remainingTime(), 0, longest)));
        if (polled[0].revents)
            hasOutput = readInto(shell.out, output);
        if (polled[1].revents)
            hasErrors = readInto(shell.err, errors);
        if (polled[2].revents) {
            const ssize_t put = ::write(shell.in.get(), request.constData() + written, size_t(request.size() - written));
            written = put >= 0 ? written + put : errno == EAGAIN || errno == EINTR ? written : request.size(); // nobody reads: its end tells
        }
        if (cancel.isCancelled() || deadline.hasExpired()) {
            m_usable = false;
            if (cancel.isCancelled())
                return fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"));
            return fail(ErrorKind::Timeout, QStringLiteral("tool"), QStringLiteral("%1 was still running after %2 s and was ended").arg(call.words.value(0)).arg(double(call.timeoutMs) / 1000));
        }
    }
    Outcome outcome;
    outcome.output = QByteArray::fromBase64(output.kept());
    outcome.truncated = output.isTruncated() || errors.isTruncated();
    bool known = false;
    outcome.exitCode = output.after().toInt(&known);
    if (!known || !output.isComplete() || !errors.isComplete()) {
        m_usable = false;
        errors.finish();
        const int code = m_child->end(1'000);
        outcome.exitCode = code > 0 ? code : 137;
        outcome.output.clear(); // of an unknown part
        outcome.truncated = true;
    }
    outcome.errors = errors.kept();
    outcome.lastLines = lastLines(outcome.output, outcome.errors);
    return outcome;
}

} // namespace howdah::tool
