// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/logplans.h"

#include "explain/logentries.h"
#include "plan/parse.h"

#include <QDateTime>
#include <QRegularExpression>
#include <QTimeZone>

namespace howdah::explain
{

using namespace Qt::StringLiterals;
using Re = QRegularExpression;

namespace
{

const QString &heading()
{
    static const QString pattern = u"^duration: (\\d+\\.\\d{3}) ms  plan:(?:\\n|$)"_s;
    return pattern;
}

// auto_explain's text holds the statement's own lines as they are, before the plan. The plan's root is the last line at the margin with a cost:
// whatever the statement made up stands before it.
struct TextParts {
    QString query, parameters, plan;
};

TextParts partsOf(const QString &text)
{
    static const Re root(u"^[^\\s].*\\(cost=\\d+\\.\\d\\d\\.\\.\\d+\\.\\d\\d rows=\\d+ width=\\d+\\)"_s);
    const QStringList lines = text.split(u'\n');
    qsizetype at = -1;
    for (qsizetype i = lines.size() - 1; i >= 0 && at < 0; --i) {
        if (root.match(lines[i]).hasMatch())
            at = i;
    }
    TextParts parts;
    if (at < 0)
        return parts;
    parts.plan = lines.mid(at).join(u'\n');
    qsizetype behind = at;
    for (qsizetype i = at - 1; i > 0; --i) {
        if (lines[i].startsWith("Query Parameters: "_L1)) {
            parts.parameters = lines.mid(i, at - i).join(u'\n').sliced(18);
            behind = i;
            break;
        }
    }
    const QString head = lines.mid(0, behind).join(u'\n');
    parts.query = head.startsWith("Query Text: "_L1) ? head.sliced(12) : QString();
    return parts;
}

// Empty: read. Else why not.
QString readPlan(const LogEntry &entry, LoggedPlan *logged)
{
    static const Re head(heading());
    const auto match = head.match(entry.message);
    if (!match.hasMatch())
        return u"An entry of auto_explain has no plan"_s;
    logged->durationUs = plan::scaledDecimal(match.capturedView(1), 3);
    logged->raw = entry.message.sliced(match.capturedEnd());
    const bool json = logged->raw.startsWith(u'{');
    TextParts parts;
    if (!json) {
        parts = partsOf(logged->raw);
        if (parts.plan.isEmpty())
            return u"A plan is neither JSON nor text (auto_explain.log_format), or cut off"_s;
    }
    auto plans = plan::parsePlans(json ? logged->raw : parts.plan);
    if (!plans)
        return u"A plan could not be read: %1"_s.arg(plans.error().message);
    if (plans->size() != 1)
        return u"An entry holds several plans: none of them is believed"_s;
    logged->plan = plans->first();
    if (!json) {
        logged->plan.queryText = parts.query;
        logged->plan.parameters = parts.parameters;
    }
    logged->plan.executionUs = logged->durationUs;
    logged->queryText = logged->plan.queryText;
    logged->parameters = logged->plan.parameters;
    return {};
}

} // namespace

bool tellsPlan(QStringView message)
{
    static const Re head(heading());
    return message.startsWith("duration: "_L1) && head.match(message).hasMatch();
}

std::optional<qint64> logTime(const QString &text, const QString &timeZone)
{
    static const Re epoch(u"^(\\d+)\\.(\\d{3})$"_s);
    if (const auto match = epoch.match(text); match.hasMatch())
        return match.captured(1).toLongLong() * 1000 + match.captured(2).toLongLong();
    static const Re time(u"^(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{3})?) (\\S+)$"_s);
    const auto match = time.match(text);
    if (!match.hasMatch())
        return {};
    const QDate date = QDate::fromString(match.captured(1), Qt::ISODate);
    const QTime clock = QTime::fromString(match.captured(2), Qt::ISODateWithMs);
    if (!date.isValid() || !clock.isValid())
        return {};
    const QString zone = match.captured(3);
    if (zone == "UTC"_L1 || zone == "GMT"_L1)
        return QDateTime(date, clock, Qt::UTC).toMSecsSinceEpoch();
    static const Re offset(u"^([+-])(\\d\\d)(?::?(\\d\\d))?$"_s);
    if (const auto by = offset.match(zone); by.hasMatch()) {
        const int seconds = by.captured(2).toInt() * 3600 + by.captured(3).toInt() * 60;
        return QDateTime(date, clock, Qt::OffsetFromUTC, by.captured(1) == "-"_L1 ? -seconds : seconds).toMSecsSinceEpoch();
    }
    // "CST" is four zones: it is of the server's, or not known. In the hour that is there twice its letters tell which.
    const QTimeZone named(timeZone.toUtf8());
    if (timeZone.isEmpty() || !named.isValid())
        return {};
    QDateTime at(date, clock, named);
    if (!at.isValid())
        return {};
    if (named.abbreviation(at) == zone)
        return at.toMSecsSinceEpoch();
    for (const qint64 hours : {-1, 1}) {
        const QDateTime other = QDateTime::fromMSecsSinceEpoch(at.toMSecsSinceEpoch() + hours * 3'600'000, named);
        if (other.date() == date && other.time() == clock && named.abbreviation(other) == zone)
            return other.toMSecsSinceEpoch();
    }
    return {};
}

LogPlans plansInLog(const QByteArray &text, const LogSource &source)
{
    const auto entriesOf = source.form == LogForm::Csv ? entriesOfCsv : source.form == LogForm::Json ? entriesOfJson : entriesOfStderr;
    const LogEntries found = entriesOf(text, source);
    LogPlans result;
    result.consumed = found.consumed;
    result.atBoundary = found.atBoundary;
    result.unread = found.unread;
    QStringList notes = found.notes;
    for (const LogEntry &entry : found.entries) {
        LoggedPlan logged;
        if (const QString why = readPlan(entry, &logged); !why.isEmpty()) {
            ++result.unread;
            notes.append(why);
            continue;
        }
        logged.begin = entry.begin;
        logged.at = entry.at;
        logged.atMs = logTime(entry.at, source.timeZone);
        logged.database = entry.database;
        logged.user = entry.user;
        logged.application = entry.application;
        logged.pid = entry.pid;
        // The plan's own is there with log_verbose; the log's, where it has a place for it, is the session's at that moment: the outer statement's.
        logged.queryId = logged.plan.queryId;
        result.plans.append(logged);
    }
    notes.removeDuplicates();
    result.notes = notes;
    return result;
}

QString maskedParameters(const QString &parameters)
{
    QString masked;
    bool inside = false;
    for (qsizetype i = 0; i < parameters.size(); ++i) {
        const QChar c = parameters[i];
        if (c == u'\'' && inside && i + 1 < parameters.size() && parameters[i + 1] == u'\'') {
            ++i;
        } else if (c == u'\'') {
            inside = !inside;
            masked += inside ? u"'***"_s : u"'"_s;
        } else if (!inside) {
            masked += c;
        }
    }
    return masked;
}

} // namespace howdah::explain
