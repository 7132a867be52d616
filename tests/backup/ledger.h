// SPDX-License-Identifier: GPL-3.0-or-later
// The oracle: who writes and keeps outside the server what was acknowledged. Rows of public.ledger, one a commit, with synchronous_commit on; what was sent and
// not answered may be there or not. For tests only.
#pragma once

#include "pg/connection.h"

#include <QCryptographicHash>
#include <QMap>
#include <QMutex>
#include <QRandomGenerator>
#include <QSet>

#include <atomic>
#include <thread>

namespace howdah::test
{

class Ledger
{
public:
    explicit Ledger(std::function<Result<std::unique_ptr<pg::Connection>>()> open, int paceMs = 20) : m_open(std::move(open)), m_paceMs(paceMs) {}
    ~Ledger() { stop(); }

    static QList<QByteArray> table() { return {"CREATE TABLE public.ledger (id bigint PRIMARY KEY, payload text NOT NULL)"}; }

    void start() // from now on, over every restart of the server
    {
        m_stop = false;
        m_thread = std::thread([this] { write(); });
    }
    void stop()
    {
        m_stop = true;
        if (m_thread.joinable())
            m_thread.join();
    }
    qsizetype acknowledged() const
    {
        QMutexLocker lock(&m_mutex);
        return m_acknowledged.size();
    }

    // Exactly what was acknowledged, perhaps with what was never answered: empty, or what is wrong.
    QString heldAgainst(pg::Connection &link) const
    {
        const auto rows = link.run({"SELECT id, payload FROM public.ledger ORDER BY id", {}});
        if (!rows)
            return rows.error().text();
        QMutexLocker lock(&m_mutex);
        QSet<qint64> seen;
        for (qsizetype row = 0; row < rows->size(); ++row) {
            const qint64 id = rows->integer(row, 0).value_or(-1);
            seen.insert(id);
            const QByteArray hash = QCryptographicHash::hash(rows->text(row, 1).toLatin1(), QCryptographicHash::Sha256);
            if (!m_sent.contains(id))
                return QStringLiteral("row %1 was never written").arg(id);
            if (m_sent.value(id) != hash)
                return QStringLiteral("row %1 is not what was written").arg(id);
        }
        for (const qint64 id : m_acknowledged) {
            if (!seen.contains(id))
                return QStringLiteral("row %1 was acknowledged, and is lost (of %2, %3 are there)").arg(id).arg(m_acknowledged.size()).arg(seen.size());
        }
        return {};
    }

private:
    void write()
    {
        std::unique_ptr<pg::Connection> link;
        while (!m_stop) {
            if (!link || !link->isAlive()) {
                auto opened = m_open();
                if (!opened) {
                    std::this_thread::sleep_for(std::chrono::milliseconds(50));
                    continue;
                }
                link = *std::move(opened);
                std::ignore = link->run({"SET synchronous_commit = on", {}});
            }
            QByteArray payload(6'000, Qt::Uninitialized);
            for (char &letter : payload) // nothing that could be compressed
                letter = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[QRandomGenerator::global()->bounded(64)];
            const qint64 id = ++m_last;
            {
                QMutexLocker lock(&m_mutex);
                m_sent.insert(id, QCryptographicHash::hash(payload, QCryptographicHash::Sha256));
            }
            if (link->run({"INSERT INTO public.ledger VALUES ($1, $2)", {}}, {id, payload})) {
                QMutexLocker lock(&m_mutex);
                m_acknowledged.append(id);
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(m_paceMs));
        }
        if (link)
            link->abandon();
    }

    const std::function<Result<std::unique_ptr<pg::Connection>>()> m_open;
    const int m_paceMs;
    std::atomic_bool m_stop = true;
    std::thread m_thread;
    mutable QMutex m_mutex;
    QMap<qint64, QByteArray> m_sent;   // id and hash
    QVector<qint64> m_acknowledged;
    qint64 m_last = 0;
};

} // namespace howdah::test
