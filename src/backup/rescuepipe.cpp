// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/rescuepipe.h"

#include "pg/resultsink.h"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

class Pipe
{
public:
    bool push(const QByteArray &piece) // false: nobody reads any more
    {
        constexpr qsizetype most = 4 << 20;
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_bytes < most || m_closed; });
        if (m_closed)
            return false;
        m_bytes += piece.size();
        m_pieces.push_back(piece);
        m_changed.notify_all();
        return true;
    }
    Result<QByteArray> take() // empty: the end
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return !m_pieces.empty() || m_ended; });
        if (m_error)
            return fail(*m_error);
        if (m_pieces.empty())
            return QByteArray();
        QByteArray piece = std::move(m_pieces.front());
        m_pieces.pop_front();
        m_bytes -= piece.size();
        m_changed.notify_all();
        return piece;
    }
    void end(std::optional<Error> error)
    {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
        m_error = std::move(error);
        m_changed.notify_all();
    }
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        m_changed.notify_all();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<QByteArray> m_pieces;
    qsizetype m_bytes = 0;
    bool m_ended = false, m_closed = false;
    std::optional<Error> m_error;
};

class End : public pg::ResultSink
{
public:
    explicit End(Pipe &pipe) : m_pipe(pipe) {}
    pg::RowSink *rows(const std::vector<pg::Column> &) override { return nullptr; }
    void completed(const QByteArray &tag) override { copied = tag.mid(tag.lastIndexOf(' ') + 1).toLongLong(); } // "COPY 120"
    void notice(const pg::Notice &) override { }
    Result<QByteArray> copyIn() override
    {
        auto piece = m_pipe.take();
        if (piece && told)
            told(bytes += piece->size());
        return piece;
    }
    bool copyOut(QByteArrayView piece) override { return piece.isEmpty() || m_pipe.push(piece.toByteArray()); }
    void stop() override { m_pipe.close(); }

    qint64 copied = -1, bytes = 0;
    std::function<void(qint64)> told;

private:
    Pipe &m_pipe;
};

} // namespace

Result<qint64> copyThrough(Side &from, const QByteArray &out, Side &to, const QByteArray &in, const std::function<void(qint64)> &progress)
{
    Pipe pipe;
    End source(pipe), target(pipe);
    target.told = progress;
    Done sent, taken;
    sideBySide(
        [&] {
            taken = to.connection.execute({in, {}}, {}, target, {}, to.cancel);
            pipe.close();
        },
        [&] {
            sent = from.connection.execute({out, {}}, {}, source, {}, from.cancel);
            pipe.end(sent ? std::nullopt : std::optional(sent.error()));
        });
    // Who failed first made the other one fail: of a source that was stopped because nobody read any more the target tells why.
    if (!sent && (taken || sent.error().kind != ErrorKind::Cancelled || from.cancel.isCancelled()))
        return fail(at(sent.error(), u"fetch rows from the rehearsed copy"_s));
    if (!taken)
        return fail(at(taken.error(), u"take the rows in"_s));
    if (source.copied < 0 || source.copied != target.copied)
        return fail(ErrorKind::Client, u"not_verified"_s, u"%1 rows went out and %2 came in"_s.arg(source.copied).arg(target.copied));
    return target.copied;
}

} // namespace howdah::backup
