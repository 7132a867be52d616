// SPDX-License-Identifier: GPL-3.0-or-later
// A workload with ten planted problems, each on tables of its own in schema plant, and the same with the problems
// mended: the same data, the same sessions at the same pace. Each session runs on a thread of its own until it is told
// to stop.
#pragma once

#include "pg/connection.h"

#include <QMutex>
#include <QVector>

#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <thread>

namespace howdah::test
{

class Client; // one session

struct Actor {
    QList<QByteArray> planted; // said first, as a session's settings are
    QList<QByteArray> mended;
    int pauseMs = 300; // after each round
    std::function<void(Client &client, bool mended)> round;
};

struct Problem {
    QString kind;   // as `howdahctl statements advise` names it
    QString object; // the relation that it is about
    QList<QByteArray> setup;
    QList<QByteArray> mend; // what is mended on the server
    QVector<Actor> actors;
};
QVector<Problem> plantedProblems();

class Client
{
public:
    Client(std::unique_ptr<pg::Connection> link, const std::atomic<bool> *stop) : m_link(std::move(link)), m_stop(stop)
    {
    }
    pg::Rows run(const QByteArray &text, const pg::Params &params = {}); // empty after an error, which ends the session
    pg::Rows prepared(const QString &name, const QByteArray &text, const pg::Params &params);
    void sleep(int ms) const;
    int round() const { return m_round; } // from 0
    bool goesOn() const { return !m_stop->load() && m_error.isEmpty(); }

private:
    friend class Workload;
    pg::Rows taken(Result<pg::Rows> rows, const QByteArray &text);
    std::unique_ptr<pg::Connection> m_link;
    const std::atomic<bool> *m_stop;
    QString m_error;
    int m_round = 0;
};

class Workload
{
public:
    // Begins at once; `spec` is trusted.
    Workload(const pg::ConnectionSpec &spec, const QVector<Problem> &problems, bool mended);
    ~Workload() { stop(); }
    Workload(const Workload &) = delete;
    Workload &operator=(const Workload &) = delete;

    bool hasBegun() const { return m_begun == int(m_threads.size()); } // every session is there
    void stop();                                                       // waits for each round's end
    // After stop(): what went wrong, a line each, and of each problem the rounds of the session that had the fewest.
    QStringList errors() const { return m_errors; }
    QVector<int> rounds() const { return m_rounds; }

private:
    void act(const pg::ConnectionSpec &spec, const Actor &actor, int problem, bool mended);

    std::atomic<bool> m_stop = false;
    std::atomic<int> m_begun = 0;
    QMutex m_mutex;
    QStringList m_errors;
    QVector<int> m_rounds;
    std::vector<std::thread> m_threads;
};

} // namespace howdah::test
