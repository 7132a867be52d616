// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/pasted.h"

#include "plan/plan.h"

#include <QRegularExpression>

#include <algorithm>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

static bool isRule(QStringView line) // "-----", "+----+", "├────┤"
{
    const QStringView trimmed = line.trimmed();
    return trimmed.size() >= 3 && std::all_of(trimmed.cbegin(), trimmed.cend(), [](QChar c) {
        return c == u'-' || c == u'+' || c == u'=' || (c >= QChar(0x2500) && c <= QChar(0x257f));
    });
}

static bool isBar(QChar c)
{
    return c == u'|' || c == QChar(0x2502) || c == QChar(0x2551);
}

// Every line of a bordered table has its bars at both ends; a plan's own line has none.
static QStringView withoutBars(QStringView line)
{
    const QStringView trimmed = line.trimmed();
    if (trimmed.size() < 2 || !isBar(trimmed.front()) || !isBar(trimmed.back()))
        return line;
    return trimmed.sliced(1, trimmed.size() - 2);
}

static bool isMark(QChar c)
{
    return c == u'+' || c == QChar(0x21b5); // psql's newline sign, ascii and unicode
}

static QStringView trimmedEnd(QStringView line)
{
    while (!line.isEmpty() && line.back().isSpace())
        line.chop(1);
    return line;
}

static qint64 durationOf(const QString &line)
{
    static const QRegularExpression duration(u"duration: ([0-9]+\\.[0-9]+) ms"_s);
    const auto match = duration.match(line);
    return match.hasMatch() ? scaledDecimal(match.capturedView(1), 3).value_or(-1) : -1;
}

// A grid that copies cells puts each into quotes and doubles those within.
static bool isQuoted(const QStringList &lines)
{
    int quoted = 0, others = 0;
    for (const QString &line : lines) {
        const QStringView trimmed = QStringView(line).trimmed();
        if (trimmed.isEmpty())
            continue;
        const bool is = trimmed.size() >= 2 && trimmed.front() == u'"' && trimmed.back() == u'"' && !trimmed.contains(u"\": \"");
        (is ? quoted : others) += 1;
    }
    return quoted > 0 && others <= 1;
}

PastedLines unwrapPasted(const QString &text)
{
    static const QRegularExpression count(u"^\\s*\\([0-9]+ [^()]*\\)\\s*$"_s);
    PastedLines pasted;
    QStringList raw = text.split(u'\n');
    for (QString &line : raw)
        if (line.endsWith(u'\r'))
            line.chop(1);
    if (isQuoted(raw))
        for (QString &line : raw) {
            const QString trimmed = line.trimmed();
            if (trimmed.size() >= 2 && trimmed.startsWith(u'"') && trimmed.endsWith(u'"'))
                line = trimmed.sliced(1, trimmed.size() - 2).replace(u"\"\""_s, u"\""_s);
        }

    bool begun = false, inTable = false;
    for (qsizetype at = 0; at < raw.size(); ++at) {
        const QString &whole = raw[at];
        const QStringView line = withoutBars(whole);
        if (isRule(line) || isRule(whole)) {
            // The rule below a heading: what stood above was no part of the plan. One at the end closes the table.
            if (!begun) {
                pasted.lines.clear();
                pasted.numbers.clear();
                begun = inTable = true;
            }
            continue;
        }
        const QStringView trimmed = line.trimmed();
        if (trimmed == "QUERY PLAN"_L1)
            continue;
        if (inTable && count.match(whole).hasMatch())
            continue;
        if (const qint64 us = !begun && whole.contains("plan:"_L1) ? durationOf(whole) : -1; us >= 0) {
            pasted.durationUs = us;
            begun = true;
            continue;
        }
        begun = begun || !trimmed.isEmpty();
        pasted.lines.append(line.toString());
        pasted.numbers.append(int(at) + 1);
    }
    if (!inTable) // "(12 rows)" stands by itself too, when only the heading was left out
        while (!pasted.lines.isEmpty() && (pasted.lines.last().trimmed().isEmpty() || count.match(pasted.lines.last()).hasMatch())) {
            pasted.lines.removeLast();
            pasted.numbers.removeLast();
        }

    const auto first = std::find_if(pasted.lines.cbegin(), pasted.lines.cend(), [](const QString &line) { return !line.trimmed().isEmpty(); });
    pasted.json = first != pasted.lines.cend() && (first->trimmed().startsWith(u'[') || first->trimmed().startsWith(u'{'));
    if (pasted.json) {
        for (QString &line : pasted.lines) {
            // JSON's own lines never end with a plus sign, nor begin with the colon of old-ascii.
            QStringView end = trimmedEnd(line);
            if (!end.isEmpty() && isMark(end.back()))
                end.chop(1);
            const QStringView start = end.trimmed();
            line = (start.startsWith(u':') ? start.sliced(1) : end).toString();
        }
    } else {
        for (QString &line : pasted.lines) // a marked line end is that of a text within: what follows belongs to it
            if (const QStringView end = trimmedEnd(line); inTable && end.size() > 1 && isMark(end.back()) && end[end.size() - 2] == u' ')
                line = trimmedEnd(end.chopped(1)).toString();
            else
                line = trimmedEnd(line).toString();
    }
    return pasted;
}

} // namespace howdah::plan
