// SPDX-License-Identifier: GPL-3.0-or-later
#include "advise/waits.h"

#include "plan/withoutliterals.h"
#include "session/changeplan.h"

#include <QSet>

#include <algorithm>

namespace howdah::advise
{

using namespace Qt::StringLiterals;
using statements::Key;

struct WaitWatch::Session {
    int pid = 0;
    Key key;
    QString state, waitType, wait, text;
    QVector<int> blockedBy;
    bool isActive() const { return state == "active"_L1; }
    bool waitsForLock() const { return waitType == "Lock"_L1; }
};

namespace
{

QVector<int> pidsOf(QStringView array) // "{1,2}"
{
    QVector<int> pids;
    if (array.size() > 2)
        for (const QStringView pid : array.sliced(1, array.size() - 2).split(u','))
            pids.append(pid.toInt());
    return pids;
}

void count(StatementWaits &waits, const Blocker &blocker)
{
    const auto same = std::find_if(waits.blockers.begin(), waits.blockers.end(), [&](const Blocker &other) {
        return other.key == blocker.key && other.isPrepared == blocker.isPrepared;
    });
    Blocker &kept = same != waits.blockers.end() ? *same : waits.blockers.emplaceBack(blocker);
    ++kept.seen;
}

// To the root: who stands before it in a queue waits for another.
const activity::Backend *rootOf(const activity::Sessions &sessions, const activity::Backend &waiting)
{
    QSet<int> passed{waiting.pid};
    const activity::Backend *root = sessions.find(waiting.blockedBy.first());
    while (root && root->isWaitingForLock() && !passed.contains(root->pid)) {
        passed.insert(root->pid);
        root = sessions.find(root->blockedBy.first());
    }
    return root;
}

// What is kept gets sparser with its age, and has gaps, in which nobody looked: the usual step is what a sample stands for.
double stepMs(const QVector<activity::WaitSample> &samples)
{
    QVector<qint64> steps;
    for (qsizetype i = 1; i < samples.size(); ++i)
        steps.append(samples[i].atMs - samples[i - 1].atMs);
    if (steps.isEmpty())
        return WaitProfile().periodMs;
    const auto middle = steps.begin() + steps.size() / 2;
    std::nth_element(steps.begin(), middle, steps.end());
    return double(*middle);
}

} // namespace

int StatementWaits::waitedFor(QStringView type) const
{
    int sum = 0;
    for (const auto &[event, count] : events)
        sum += event.first == type ? count : 0;
    return sum;
}

const StatementWaits *WaitProfile::find(const Key &key) const
{
    for (const StatementWaits &one : statements) {
        const bool tells = one.key.roleId != 0;
        if (one.key.queryId == key.queryId &&
            (!tells || (one.key.roleId == key.roleId && one.key.databaseId == key.databaseId)))
            return key.toplevel ? &one : nullptr; // a session shows what its client sent
    }
    return nullptr;
}

Result<std::map<int, RelationOid>> WaitWatch::relationsOf(pg::Connection &connection, const QVector<int> &pids,
                                                          const CancelToken &cancel)
{
    QByteArrayList numbers;
    for (const int pid : pids)
        numbers.append(QByteArray::number(pid));
    const auto rows = connection.runFile(u"advise/waited"_s, {QByteArray('{' + numbers.join(',') + '}')}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    std::map<int, RelationOid> relations;
    for (qsizetype row = 0; row < rows->size(); ++row)
        relations[int(rows->integer(row, "pid"_L1).value_or(0))] = {
            quint32(rows->integer(row, "database"_L1).value_or(0)),
            quint32(rows->integer(row, "relation"_L1).value_or(0))};
    return relations;
}

StatementWaits &WaitWatch::of(const Session &session)
{
    StatementWaits &one = m_statements[session.key];
    one.key = session.key;
    if (one.text.isEmpty())
        one.text = session.text;
    return one;
}

void WaitWatch::add(const std::map<int, Session> &sessions, const std::map<int, RelationOid> &relations)
{
    decltype(m_waiting) waiting;
    for (const auto &[pid, session] : sessions) {
        if (!session.isActive() || session.key.queryId == 0)
            continue;
        StatementWaits &one = of(session);
        ++one.samples;
        ++one.events[{session.waitType, session.wait}];
        if (!session.waitsForLock())
            continue;
        const auto before = m_waiting.find(pid);
        waiting[pid] = {session.key, before != m_waiting.end() && before->second.first == session.key
                                         ? before->second.second + 1
                                         : 1};
        if (const auto relation = relations.find(pid); relation != relations.end())
            ++one.relations[relation->second];
        // To the root: who stands before it in a queue waits for another.
        int root = session.blockedBy.value(0, -1);
        QSet<int> passed{pid};
        for (auto next = sessions.find(root);
             next != sessions.end() && !next->second.blockedBy.isEmpty() && !passed.contains(root);
             next = sessions.find(root)) {
            passed.insert(root);
            root = next->second.blockedBy.first();
        }
        if (root < 0)
            continue;
        Blocker blocker;
        blocker.isPrepared = root == 0;
        if (const auto holder = sessions.find(root); holder != sessions.end()) {
            blocker.key = holder->second.key;
            blocker.text = holder->second.text;
            blocker.state = holder->second.state;
        }
        count(one, blocker);
    }
    m_waiting = std::move(waiting);
}

Done WaitWatch::sample(pg::Connection &connection, const CancelToken &cancel)
{
    pg::RunOptions options;
    options.prepared = true;
    const auto rows = connection.runFile(u"advise/working"_s, {}, options, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"sample what statements wait for"_s));
    std::map<int, Session> sessions;
    QVector<int> waiting;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        m_mayReadAll = rows->boolean(row, "permitted"_L1).value_or(false);
        Session session;
        session.pid = int(rows->integer(row, "pid"_L1).value_or(0));
        if (session.pid == 0) // nobody works
            continue;
        session.key = {quint32(rows->integer(row, "role"_L1).value_or(0)),
                       quint32(rows->integer(row, "database"_L1).value_or(0)),
                       rows->text(row, "query_id"_L1).toLongLong(), true, 0};
        session.state = rows->text(row, "state"_L1);
        session.waitType = rows->text(row, "wait_type"_L1);
        session.wait = rows->text(row, "wait"_L1);
        session.text = plan::withoutLiterals(session::masked(rows->text(row, "query"_L1)));
        session.blockedBy = pidsOf(rows->text(row, "blocked_by"_L1));
        if (session.waitsForLock())
            waiting.append(session.pid);
        sessions.emplace(session.pid, std::move(session));
    }
    std::map<int, RelationOid> relations;
    if (!waiting.isEmpty()) {
        auto read = relationsOf(connection, waiting, cancel);
        if (!read)
            return fail(Error(read.error()).during(u"see what is waited for"_s));
        relations = *std::move(read);
    }
    ++m_readings;
    add(sessions, relations);
    return {};
}

WaitProfile WaitWatch::profile() const
{
    WaitProfile profile;
    profile.readings = m_readings;
    profile.periodMs = m_periodMs;
    profile.mayReadAll = m_mayReadAll;
    for (StatementWaits one : m_statements) {
        std::stable_sort(one.blockers.begin(), one.blockers.end(),
                         [](const Blocker &a, const Blocker &b) { return a.seen > b.seen; });
        for (const auto &[pid, still] : m_waiting)
            one.waitingStill += still.first == one.key ? still.second : 0;
        profile.statements.append(std::move(one));
    }
    return profile;
}

WaitProfile profileOf(const QVector<activity::WaitSample> &samples, const QVector<activity::Sessions> &sessions)
{
    WaitProfile profile;
    profile.readings = int(samples.size());
    profile.tellsBlockers = !sessions.isEmpty();
    QHash<qint64, StatementWaits> all;
    for (const activity::WaitSample &sample : samples) {
        profile.mayReadAll = profile.mayReadAll && sample.mayReadAll;
        for (const auto &[wait, count] : sample.sessions) {
            const qint64 queryId = wait.queryId.toLongLong();
            if (queryId == 0)
                continue;
            StatementWaits &one = all[queryId];
            one.key = {0, 0, queryId, true, 0};
            one.samples += count;
            one.events[{wait.type, wait.event}] += count;
        }
    }
    for (const activity::Sessions &reading : sessions) {
        for (const activity::Backend &waiting : reading.backends) {
            const auto waits = all.find(waiting.queryId.toLongLong());
            if (!waiting.isWaitingForLock() || waits == all.end())
                continue;
            Blocker blocker;
            blocker.isPrepared = waiting.blockedBy.first() == 0;
            if (const activity::Backend *root = rootOf(reading, waiting)) {
                blocker.key.queryId = root->queryId.toLongLong();
                blocker.text = plan::withoutLiterals(session::masked(root->query));
                blocker.state = root->state;
            }
            count(*waits, blocker);
        }
    }
    profile.periodMs = stepMs(samples);
    for (StatementWaits &one : all)
        std::stable_sort(one.blockers.begin(), one.blockers.end(),
                         [](const Blocker &a, const Blocker &b) { return a.seen > b.seen; });
    profile.statements = QVector<StatementWaits>(all.cbegin(), all.cend());
    return profile;
}

} // namespace howdah::advise
