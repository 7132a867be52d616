// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/readiness.h"

#include "backup/moment.h"
#include "base/units.h"

#include <QJsonArray>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int firstSound = 180006; // whose WAL summaries miss nothing that is known of

QString ageText(qint64 ms)
{
    return units::duration(std::max<qint64>(0, ms)) + u" old"_s;
}

Light lightOf(qint64 age, qint64 warn, qint64 red)
{
    return age > red ? Light::Red : age > warn ? Light::Warning : Light::Good;
}

class Judge
{
public:
    Judge(const ReadinessFacts &facts, const ReadinessLimits &limits) : m_facts(facts), m_limits(limits) { }

    Readiness all()
    {
        m_readiness.server = m_facts.server;
        m_readiness.atMs = m_facts.nowMs;
        m_readiness.islands = m_facts.islands.value_or(QVector<Island>());
        m_readiness.gaps = m_facts.gaps;
        m_readiness.lines = {m_facts.archive, backup(), verified(), window(), rpo(), rto(), drill(), versions(), retention(), schedule(), place()};
        return m_readiness;
    }

private:
    static ReadinessLine unknown(const QString &code, const QString &title, const QString &why)
    {
        return {code, title, Light::Unknown, u"not known"_s, why.isEmpty() ? u"it was not looked at"_s : why, {}};
    }

    bool isOurs(const Backup &backup) const
    {
        return backup.kind != BackupKind::Dump && (m_facts.systemIdentifier.isEmpty() || backup.systemIdentifier == m_facts.systemIdentifier);
    }

    // The newest of which every link can be used.
    const Backup *newest() const
    {
        const Backup *found = nullptr;
        for (const Backup &one : m_facts.catalogue->backups) {
            const auto chain = m_facts.catalogue->chain(one.id);
            const bool sound = isOurs(one) && chain && std::all_of(chain->cbegin(), chain->cend(), [](const Backup *link) { return link->isUsable(); });
            if (sound && (!found || endOf(one) >= endOf(*found)))
                found = &one;
        }
        return found;
    }
    static qint64 endOf(const Backup &backup)
    {
        return backup.stopMs ? backup.stopMs : timeOfId(backup.id);
    }

    ReadinessLine backup() const
    {
        ReadinessLine line{u"backup"_s, u"Last good backup"_s, Light::Unknown, {}, {}, u"howdahctl backup create"_s};
        if (!m_facts.catalogue)
            return unknown(line.code, line.title, m_facts.catalogueWhy);
        const Backup *last = newest();
        if (!last) {
            line.light = Light::Red;
            line.value = u"none"_s;
            line.words = u"there is no base backup that could be used: nothing can be brought back"_s;
            return line;
        }
        const qint64 age = m_facts.nowMs - endOf(*last);
        // Of a schedule twice its rhythm is late; without one a week and a day.
        qint64 rhythm = 0;
        if (m_facts.schedule && m_facts.schedule->on) {
            const qint64 full = m_facts.schedule->rhythm(ScheduledTask::Full).periodMs(), incremental = m_facts.schedule->rhythm(ScheduledTask::Incremental).periodMs();
            rhythm = full && incremental ? std::min(full, incremental) : std::max(full, incremental);
        }
        line.light = lightOf(age, rhythm ? 2 * rhythm : m_limits.backupWarnMs, rhythm ? std::max(4 * rhythm, m_limits.backupRedMs) : m_limits.backupRedMs);
        line.value = ageText(age);
        line.words = u"%1, %2%3"_s.arg(last->id, kindName(last->kind), last->errors.isEmpty() ? QString() : u"; taken with errors: "_s + last->errors.join(u"; "_s));
        if (!last->errors.isEmpty())
            line.light = Light::Red;
        if (line.light == Light::Good)
            line.remedy.clear();
        return line;
    }

    // The oldest look at any link of the newest chain counts.
    ReadinessLine verified() const
    {
        ReadinessLine line{u"verified"_s, u"Chain verified"_s, Light::Unknown, {}, {}, u"howdahctl backup verify"_s};
        if (!m_facts.catalogue)
            return unknown(line.code, line.title, m_facts.catalogueWhy);
        for (const Backup &one : m_facts.catalogue->backups) {
            if (isOurs(one) && ((one.state == BackupState::Complete && one.verified.atMs && !one.verified.good) || one.state == BackupState::Changed)) {
                line.light = Light::Red;
                line.value = one.id + u" is bad"_s;
                line.words = one.state == BackupState::Changed ? one.stateWords : one.verified.words;
                return line;
            }
        }
        const Backup *last = newest();
        const auto chain = last ? m_facts.catalogue->chain(last->id) : Result<QVector<const Backup *>>(QVector<const Backup *>());
        line.light = Light::Red;
        line.value = u"never"_s;
        if (!last || !chain) {
            line.words = u"there is nothing to be verified"_s;
            return line;
        }
        qint64 oldest = m_facts.nowMs;
        for (const Backup *link : *chain) {
            if (link->verified.atMs == 0) {
                line.words = u"%1 was never verified"_s.arg(link->id);
                return line;
            }
            oldest = std::min(oldest, link->verified.atMs);
        }
        line.light = lightOf(m_facts.nowMs - oldest, m_limits.verifiedWarnMs, m_limits.verifiedRedMs);
        line.value = units::duration(m_facts.nowMs - oldest) + u" ago"_s;
        line.words = chain->size() == 1 ? last->id : u"%1 and the %2 that it builds on"_s.arg(last->id).arg(chain->size() - 1);
        if (line.light == Light::Good)
            line.remedy.clear();
        return line;
    }

    ReadinessLine window() const
    {
        ReadinessLine line{u"window"_s, u"Recoverable window"_s, Light::Good, {}, {}, {}};
        if (!m_facts.islands)
            return unknown(line.code, line.title, m_facts.islandsWhy);
        const Island *last = newestIsland();
        if (!last) {
            line.light = Light::Red;
            line.value = u"none"_s;
            line.words = u"no moment can be reached"_s;
            line.remedy = u"howdahctl backup window"_s;
            return line;
        }
        line.value = u"%1 to %2"_s.arg(secondText(last->fromUs, m_facts.zone), secondText(last->toUs, m_facts.zone));
        line.exact = u"%1 to %2"_s.arg(momentText(last->fromUs), momentText(last->toUs));
        QStringList words{u"timeline %1"_s.arg(last->timeline)};
        if (!last->endsBecause.isEmpty()) {
            line.light = Light::Red;
            words << u"it ends there: "_s + last->endsBecause;
        }
        if (m_facts.standing && m_facts.standing->timeline > last->timeline) {
            line.light = Light::Red;
            words << u"the server is on timeline %1, of which no moment can be reached"_s.arg(m_facts.standing->timeline);
        }
        // What ends an older island is a hole that a newer backup has got over: a warning.
        if (!m_facts.gaps.isEmpty() || !m_facts.problems.isEmpty()) {
            line.light = line.light == Light::Red ? Light::Red : Light::Warning;
            words << (m_facts.gaps.isEmpty() ? m_facts.problems.constFirst() : u"%1 holes in the archive"_s.arg(m_facts.gaps.size()));
            line.remedy = u"howdahctl backup gaps"_s;
        }
        if (m_facts.islands->size() > 1)
            words << u"%1 islands in all"_s.arg(m_facts.islands->size());
        if (line.light == Light::Red)
            line.remedy = u"howdahctl backup create"_s;
        line.words = words.join(u"; "_s);
        return line;
    }

    const Island *newestIsland() const
    {
        const Island *found = nullptr;
        for (const Island &one : *m_facts.islands) {
            if (!found || std::pair(one.timeline, one.toUs) > std::pair(found->timeline, found->toUs))
                found = &one;
        }
        return found;
    }

    ReadinessLine rpo()
    {
        ReadinessLine line{u"rpo"_s, u"Would be lost now"_s, Light::Good, {}, {}, {}};
        if (!m_facts.islands)
            return unknown(line.code, line.title, m_facts.islandsWhy);
        const Island *last = newestIsland();
        if (!last) {
            line.light = Light::Red;
            line.value = u"everything"_s;
            line.words = u"no moment can be reached"_s;
            return line;
        }
        m_readiness.lastCommitUs = last->toUs;
        if (!m_facts.standing) {
            line = unknown(line.code, line.title, m_facts.standingWhy);
            line.words += u"; the last commit that can be brought back is of "_s + secondText(last->toUs, m_facts.zone);
            line.exact = momentText(last->toUs);
            return line;
        }
        const bool nothing = m_facts.standing->committedSince && !*m_facts.standing->committedSince && last->endsBecause.isEmpty();
        const qint64 age = std::max<qint64>(0, m_facts.standing->nowMs - last->toUs / 1000);
        m_readiness.rpoMs = nothing ? 0 : age;
        line.light = lightOf(*m_readiness.rpoMs, m_limits.rpoWarnMs, m_limits.rpoRedMs);
        line.value = nothing ? u"nothing"_s : units::duration(age);
        line.words = nothing ? u"nothing was committed behind the last commit in the archive, %1"_s.arg(secondText(last->toUs, m_facts.zone))
                             : u"the last commit that can be brought back is of %1"_s.arg(secondText(last->toUs, m_facts.zone));
        line.exact = momentText(last->toUs);
        if (m_facts.standing->unarchivedBytes && *m_facts.standing->unarchivedBytes > 0)
            line.words += u"; %1 of WAL are not in the archive"_s.arg(units::bytes(double(*m_facts.standing->unarchivedBytes)));
        return line;
    }

    const Drill *lastGood() const
    {
        const auto it = std::find_if(m_facts.drills->crbegin(), m_facts.drills->crend(), [](const Drill &drill) { return drill.good; });
        return it == m_facts.drills->crend() ? nullptr : &*it;
    }

    ReadinessLine rto()
    {
        ReadinessLine line{u"rto"_s, u"A recovery takes"_s, Light::Red, u"never measured"_s, u"no drill has led to its end"_s, u"howdahctl backup drill"_s};
        if (!m_facts.drills)
            return unknown(line.code, line.title, m_facts.drillsWhy);
        const Drill *good = lastGood();
        if (!good)
            return line;
        m_readiness.provenMs = good->atMs;
        if (!good->recoveryMs)
            return line;
        m_readiness.rtoMs = good->recoveryMs;
        line.light = Light::Good;
        line.value = units::duration(*good->recoveryMs);
        line.words = u"copy and replay from %1, measured by the drill of %2"_s.arg(good->backup, secondText(good->atMs * 1000, m_facts.zone));
        line.remedy.clear();
        return line;
    }

    ReadinessLine drill() const
    {
        ReadinessLine line{u"drill"_s, u"Last proven restore"_s, Light::Red, u"never"_s, u"no restore of this server was ever proven"_s, u"howdahctl backup drill"_s};
        if (!m_facts.drills)
            return unknown(line.code, line.title, m_facts.drillsWhy);
        const Drill *good = lastGood();
        if (good) {
            const qint64 age = m_facts.nowMs - good->atMs;
            const DrillBounds bounds = drillBounds(m_facts.schedule, m_limits);
            line.light = lightOf(age, bounds.warnMs, bounds.redMs);
            line.value = ageText(age);
            line.words = u"backup %1, everything in it checked"_s.arg(good->backup);
        }
        if (!m_facts.drills->isEmpty() && !m_facts.drills->constLast().good) {
            line.light = Light::Red;
            line.words = u"the newest drill (%1) failed: %2"_s.arg(secondText(m_facts.drills->constLast().atMs * 1000, m_facts.zone), m_facts.drills->constLast().words);
        }
        if (line.light == Light::Good)
            line.remedy.clear();
        return line;
    }

    ReadinessLine versions() const
    {
        ReadinessLine line{u"versions"_s, u"Versions"_s, Light::Good, {}, {}, {}};
        if (!m_facts.standing)
            return unknown(line.code, line.title, m_facts.standingWhy);
        const ServerStanding &server = *m_facts.standing;
        line.value = u"server %1, tools %2"_s.arg(server.version, m_facts.toolsVersion.isEmpty() ? u"not known"_s : m_facts.toolsVersion);
        line.words = u"of one major"_s;
        const int tools = versionNumOf(m_facts.toolsVersion);
        bool unsound = false;
        for (const Backup &one : m_facts.catalogue ? m_facts.catalogue->backups : QVector<Backup>())
            unsound = unsound || (isOurs(one) && one.kind == BackupKind::Incremental && one.isUsable() && one.serverVersionNum >= 170000 && one.serverVersionNum < firstSound);
        if (tools == 0) {
            line.light = Light::Unknown;
            line.words = u"which tools would be used is not known"_s;
        } else if (tools / 10000 != server.versionNum / 10000) {
            line.light = Light::Red;
            line.words = u"the tools are of another major than the server"_s;
        } else if (unsound) {
            line.light = Light::Red;
            line.words = u"incremental backups of a server before 18.6 can be wrong without a word: take a full one"_s;
            line.remedy = u"howdahctl backup create"_s;
        } else if (tools < server.versionNum) {
            line.light = Light::Warning;
            line.words = u"the tools are older than the server"_s;
        }
        return line;
    }

    ReadinessLine retention() const
    {
        ReadinessLine line{u"retention"_s, u"Kept for"_s, Light::Warning, u"no rule"_s, u"nothing is ever removed, and nothing says how far back one can go"_s, u"howdahctl backup schedule set"_s};
        if (!m_facts.schedule && !m_facts.scheduleWhy.isEmpty())
            return unknown(line.code, line.title, m_facts.scheduleWhy);
        if (m_facts.schedule && (m_facts.schedule->retention.days > 0 || m_facts.schedule->retention.fulls > 0)) {
            const Retention &rule = m_facts.schedule->retention;
            QStringList parts;
            if (rule.days > 0)
                parts << u"%1 days"_s.arg(rule.days);
            if (rule.fulls > 0)
                parts << u"%1 full ones"_s.arg(rule.fulls);
            line.value = parts.join(u", "_s);
            const bool off = !m_facts.schedule->on || m_facts.schedule->rhythm(ScheduledTask::Prune).isOff();
            line.light = off ? Light::Warning : Light::Good;
            line.words = off ? u"the rule is there, and nobody removes by it"_s : u"what is older goes, but for what a newer one builds on"_s;
            if (!off)
                line.remedy.clear();
        }
        if (m_facts.freeBytes && m_facts.catalogue) {
            const Backup *last = newest();
            line.words += u"; %1 free"_s.arg(units::bytes(double(*m_facts.freeBytes)));
            if (last && last->bytes > *m_facts.freeBytes) {
                line.light = Light::Red;
                line.words += u", and the newest backup alone has %1"_s.arg(units::bytes(double(last->bytes)));
                line.remedy = u"howdahctl backup prune"_s;
            }
        }
        return line;
    }

    ReadinessLine schedule() const
    {
        ReadinessLine line{u"schedule"_s, u"Schedule"_s, Light::Warning, u"none"_s, u"backups are taken when somebody thinks of it"_s, u"howdahctl backup schedule set"_s};
        if (!m_facts.schedule)
            return m_facts.scheduleWhy.isEmpty() ? line : unknown(line.code, line.title, m_facts.scheduleWhy);
        if (!m_facts.schedule->on) {
            line.value = u"off"_s;
            return line;
        }
        line.light = Light::Good;
        line.value = u"on"_s;
        line.remedy.clear();
        QStringList parts, late, failed;
        for (const ScheduledTask task : scheduledTasks) {
            const Rhythm rhythm = m_facts.schedule->rhythm(task);
            if (rhythm.isOff())
                continue;
            parts << taskName(task) + u' ' + rhythm.text();
            const TaskRun run = m_facts.runs.value(task);
            const bool recent = run.startMs >= m_facts.schedule->sinceMs;
            if (recent && run.outcome == TaskRun::Outcome::Failed)
                failed << u"%1 failed (%2)"_s.arg(taskName(task), run.words);
            // An hour to begin, and its own time to end.
            if (const qint64 overdue = overdueMs(*m_facts.schedule, m_facts.runs, task, m_facts.nowMs); overdue > std::max<qint64>(3'600'000, m_facts.schedule->rhythm(task).periodMs() / 4))
                late << u"%1 was due %2 ago"_s.arg(taskName(task), units::duration(overdue));
        }
        line.words = parts.join(u", "_s);
        if (!failed.isEmpty() || !late.isEmpty()) {
            line.light = Light::Red;
            line.value = late.isEmpty() ? u"failed"_s : u"not run"_s;
            line.words = (failed + late).join(u"; "_s) + (late.isEmpty() ? QString() : u"; nobody runs it"_s);
            line.remedy = late.isEmpty() ? u"howdahctl backup schedule show"_s : u"howdahctl backup schedule write-timer"_s;
        }
        return line;
    }

    ReadinessLine place() const
    {
        ReadinessLine line{u"place"_s, u"Where they lie"_s, Light::Good, u"another disk"_s, u"the disk of the data may fail, and backups and WAL are still there"_s, {}};
        if (!m_facts.oneDisk)
            return unknown(line.code, line.title, u"whether data, WAL and backups lie on one disk can't be seen from here"_s);
        if (*m_facts.oneDisk) {
            line.light = Light::Red;
            line.value = u"one disk"_s;
            line.words = u"data, WAL and backups lie on one disk: when it fails, all are lost"_s;
            line.remedy = u"howdahctl backup create --to FOLDER"_s;
        }
        return line;
    }

    const ReadinessFacts &m_facts;
    const ReadinessLimits &m_limits;
    Readiness m_readiness;
};

int gravity(Light light)
{
    switch (light) {
    case Light::Good: return 0;
    case Light::Warning: return 1;
    case Light::Unknown: return 2;
    case Light::Red: return 3;
    }
    return 3;
}

QJsonValue orNull(const std::optional<qint64> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

} // namespace

QString lightName(Light light)
{
    switch (light) {
    case Light::Good: return u"good"_s;
    case Light::Warning: return u"warning"_s;
    case Light::Red: return u"red"_s;
    case Light::Unknown: return u"unknown"_s;
    }
    return {};
}

QJsonObject ReadinessLine::toJson() const
{
    return {{u"code"_s, code}, {u"title"_s, title}, {u"verdict"_s, lightName(light)}, {u"value"_s, value}, {u"words"_s, words}, {u"exact"_s, exact.isEmpty() ? QJsonValue() : QJsonValue(exact)}, {u"remedy"_s, remedy.isEmpty() ? QJsonValue() : QJsonValue(remedy)}};
}

Light Readiness::worst() const
{
    Light found = Light::Good;
    for (const ReadinessLine &one : lines)
        found = gravity(one.light) > gravity(found) ? one.light : found;
    return found;
}

const ReadinessLine *Readiness::line(const QString &code) const
{
    const auto it = std::find_if(lines.cbegin(), lines.cend(), [&](const ReadinessLine &one) { return one.code == code; });
    return it == lines.cend() ? nullptr : &*it;
}

QString Readiness::headline() const
{
    const Light light = worst();
    const auto it = std::find_if(lines.cbegin(), lines.cend(), [light](const ReadinessLine &one) { return one.light == light; });
    switch (light) {
    case Light::Good: return u"Ready: proven by a drill"_s;
    case Light::Warning: return u"Ready, with a warning: %1: %2"_s.arg(it->title, it->words);
    case Light::Unknown: return u"Not known to be ready: %1: %2"_s.arg(it->title, it->words);
    case Light::Red: return u"Not ready: %1: %2"_s.arg(it->title, it->words);
    }
    return {};
}

QJsonObject Readiness::toJson(quint64 segmentSize) const
{
    QJsonArray all, reachable, holes;
    for (const ReadinessLine &one : lines)
        all.append(one.toJson());
    for (const Island &island : islands)
        reachable.append(island.toJson());
    for (const Gap &gap : gaps)
        holes.append(gap.toJson(segmentSize));
    return {{u"server"_s, server},
            {u"at"_s, momentText(atMs / 1000 * 1'000'000)},
            {u"verdict"_s, lightName(worst())},
            {u"headline"_s, headline()},
            {u"lines"_s, all},
            {u"rpo_ms"_s, orNull(rpoMs)},
            {u"last_commit"_s, lastCommitUs ? QJsonValue(momentText(*lastCommitUs)) : QJsonValue()},
            {u"last_commit_us"_s, orNull(lastCommitUs)},
            {u"rto_ms"_s, orNull(rtoMs)},
            {u"proven_ms"_s, orNull(provenMs)},
            {u"islands"_s, reachable},
            {u"gaps"_s, holes}};
}

DrillBounds drillBounds(const std::optional<Schedule> &schedule, const ReadinessLimits &limits)
{
    constexpr qint64 dayMs = 86'400'000;
    const qint64 period = schedule && schedule->on ? schedule->rhythm(ScheduledTask::Drill).periodMs() : 0;
    return period ? DrillBounds{period + dayMs, std::max(4 * period, period + 2 * dayMs)} : DrillBounds{limits.drillWarnMs, limits.drillRedMs};
}

Readiness readinessOf(const ReadinessFacts &facts, const ReadinessLimits &limits)
{
    return Judge(facts, limits).all();
}

} // namespace howdah::backup
