// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/logentries.h"

#include <QRegularExpression>

#include <algorithm>

namespace howdah::explain
{

using namespace Qt::StringLiterals;
using Re = QRegularExpression;

namespace
{

struct Prefix {
    Re soonest, latest; // where a free text in it (an application's name) may be shorter or longer
    bool isValid = false;
};

// What each escape writes. Free texts first: names of users, databases and applications hold anything but a line break.
QString patternOf(QChar escape, const QString &any)
{
    switch (escape.unicode()) {
    case 'a': return u"(?<a>%1)"_s.arg(any);
    case 'u': return u"(?<u>%1)"_s.arg(any);
    case 'd': return u"(?<d>%1)"_s.arg(any);
    case 'r':
    case 'h': return u"\\S*"_s;
    case 'b':
    case 'i': return u"[^:\\n]*?"_s;
    case 'L': return u"\\S*"_s;
    case 'p': return u"(?<p>\\d+)"_s;
    case 'P': return u"\\d*"_s;
    case 't': return u"(?<t>\\d{4,}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\S+)"_s;
    case 'm': return u"(?<m>\\d{4,}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} \\S+)"_s;
    case 'n': return u"(?<n>\\d+\\.\\d{3})"_s;
    case 's': return u"\\d{4,}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\S+"_s;
    case 'e': return u"[0-9A-Z]{5}"_s;
    case 'c': return u"[0-9a-f]+\\.[0-9a-f]+"_s;
    case 'l':
    case 'x': return u"\\d+"_s;
    case 'v': return u"(?:-?\\d+/\\d+)?"_s;
    case 'Q': return u"(?<Q>-?\\d+)"_s;
    case '%': return u"%"_s;
    default: return {};
    }
}

QString prefixPattern(const QString &prefix, const QString &any)
{
    QString pattern, tail;
    for (qsizetype i = 0; i < prefix.size(); ++i) {
        if (prefix[i] != u'%') {
            pattern += Re::escape(QStringView(prefix).mid(i, 1));
            continue;
        }
        bool padded = false;
        for (++i; i < prefix.size() && (prefix[i] == u'-' || prefix[i].isDigit()); ++i)
            padded = true;
        if (i >= prefix.size())
            break;
        if (prefix[i] == u'q') { // processes without a session stop here
            pattern += u"(?:"_s;
            tail += u")?"_s;
            continue;
        }
        const QString one = patternOf(prefix[i], any);
        pattern += padded ? u" *"_s + one + u" *"_s : one;
    }
    return pattern + tail;
}

// "LOG:  ", in the server's own language.
Prefix prefixOf(const QString &linePrefix)
{
    const auto whole = [&](const QString &any) {
        return Re(u"^"_s + prefixPattern(linePrefix, any) + u"[\\p{L}]+\\d?:  (?<message>duration: \\d+\\.\\d{3} ms  plan:)$"_s,
                  Re::UseUnicodePropertiesOption);
    };
    Prefix prefix{whole(u"[^\\n]*?"_s), whole(u"[^\\n]*"_s), false};
    prefix.isValid = prefix.soonest.isValid() && prefix.latest.isValid();
    return prefix;
}

QString captured(const Re &re, const QRegularExpressionMatch &match, const QString &name)
{
    return re.namedCaptureGroups().contains(name) ? match.captured(name).trimmed() : QString(); // it may be padded
}

LogEntry entryOf(const Prefix &prefix, const QRegularExpressionMatch &match, qint64 begin)
{
    const Re &re = prefix.soonest;
    LogEntry entry;
    entry.begin = begin;
    entry.message = match.captured(u"message"_s);
    for (const QString &time : {u"m"_s, u"t"_s, u"n"_s}) {
        if (entry.at.isEmpty())
            entry.at = captured(re, match, time);
    }
    entry.database = captured(re, match, u"d"_s);
    entry.user = captured(re, match, u"u"_s);
    entry.application = captured(re, match, u"a"_s);
    entry.queryId = captured(re, match, u"Q"_s);
    if (const QString pid = captured(re, match, u"p"_s); !pid.isEmpty())
        entry.pid = pid.toInt();
    return entry;
}

} // namespace

// A line of a message behind its first begins with a tab, which the server puts there, so what stands at the margin begins an entry.
LogEntries entriesOfStderr(const QByteArray &text, const LogSource &source)
{
    LogEntries found;
    const Prefix prefix = prefixOf(source.linePrefix);
    if (!prefix.isValid) {
        found.notes.append(u"log_line_prefix is not understood: %1"_s.arg(source.linePrefix));
        found.consumed = text.size();
        return found;
    }
    qsizetype open = -1;  // where the entry begins whose end was not seen
    bool taken = false;   // it is the last of `entries`
    // Half a line, at its margin only by chance.
    for (qsizetype at = source.atBoundary ? 0 : text.indexOf('\n') + 1; at < text.size();) {
        const qsizetype newline = text.indexOf('\n', at);
        if (newline < 0)
            break; // half a line
        QByteArrayView line = QByteArrayView(text).sliced(at, newline - at);
        if (line.endsWith('\r'))
            line.chop(1);
        const qsizetype begin = at;
        at = newline + 1;
        if (line.startsWith('\t')) {
            if (taken)
                found.entries.last().message += u'\n' + QString::fromUtf8(line.sliced(1));
            continue;
        }
        open = begin;
        taken = false;
        if (!line.endsWith(" ms  plan:"))
            continue;
        const QString head = QString::fromUtf8(line);
        const auto soonest = prefix.soonest.match(head), latest = prefix.latest.match(head);
        if (!soonest.hasMatch())
            continue;
        // "app LOG:  statement: … LOG:  duration: 1.000 ms  plan:" is a name that ends early or late.
        static const QStringList names{u"a"_s, u"u"_s, u"d"_s};
        static const Re severity(u"\\p{L}\\d?:  "_s, Re::UseUnicodePropertiesOption);
        const auto isForged = [&](const QString &name) { return captured(prefix.latest, latest, name).contains(severity); };
        const auto isUnsure = [&](const QString &name) { return captured(prefix.soonest, soonest, name) != captured(prefix.latest, latest, name); };
        if (std::any_of(names.cbegin(), names.cend(), isForged)) {
            ++found.unread;
            found.notes.append(u"An entry may be a part of another one's text, or not, as log_line_prefix is: it was left out"_s);
            continue;
        }
        LogEntry entry = entryOf(prefix, soonest, begin);
        if (std::any_of(names.cbegin(), names.cend(), isUnsure)) {
            entry.user = entry.database = entry.application = QString();
            found.notes.append(u"Names in log_line_prefix can be read in two ways: they are not told"_s);
        }
        found.entries.append(entry);
        taken = true;
    }
    found.consumed = text.size();
    if (!source.ended && open >= 0) {
        // More of it may come.
        found.consumed = open;
        if (taken)
            found.entries.removeLast();
    } else if (!source.ended) {
        found.consumed = text.lastIndexOf('\n') + 1;
    }
    return found;
}

} // namespace howdah::explain
