// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/catalog/sqlhighlighter.h"

#include "ui/widgets/theme.h"

#include <QSet>

namespace howdah::ui
{

namespace
{

enum State { Plain = -1, Comment = 1, String = 2 };

const QSet<QString> &keywords()
{
    static const QSet<QString> words = [] {
        const QStringList list = QStringLiteral(
            "add all alter always and any array as asc before after begin between by cache called cascade case cast check collate column comment "
            "commit concurrently constraint create cross current_date current_timestamp current_user cycle database declare default deferrable "
            "definer delete desc distinct do each else elsif end except exception execute exists exclude false fetch for foreign from full "
            "function generated grant group having identity if immutable in include increment index inherits initially inner insert instead "
            "intersect into invoker is isnull join key language lateral left like limit loop materialized maxvalue minvalue natural no not notnull "
            "null of offset on only or order outer over owned parallel partition perform permissive policy primary procedure raise range "
            "references replace restrict restrictive return returning returns right rollback row rows safe schema security select sequence set "
            "setof some stable start strict table then to trigger true union unique unlogged update using values view volatile when where "
            "while window with without").split(QLatin1Char(' '));
        return QSet<QString>(list.cbegin(), list.cend());
    }();
    return words;
}

} // namespace

SqlHighlighter::SqlHighlighter(QTextDocument *document) : QSyntaxHighlighter(document)
{
    connect(&theme(), &Theme::changed, this, &QSyntaxHighlighter::rehighlight);
}

void SqlHighlighter::highlightBlock(const QString &text)
{
    const QColor muted = colors().muted;
    // State colours are for states: strings take a series colour, darkened on white so that it reads.
    const QColor quoted = theme().isDark() ? seriesColor(3) : seriesColor(3).darker(170);
    int state = previousBlockState();
    qsizetype at = 0;
    const auto upTo = [&](QLatin1StringView end, const QColor &color, int inside) {
        const qsizetype found = text.indexOf(end, at);
        const qsizetype stop = found < 0 ? text.size() : found + end.size();
        setFormat(int(at), int(stop - at), color);
        at = stop;
        state = found < 0 ? inside : int(Plain);
    };
    while (at < text.size() || state != Plain) {
        if (state == Comment)
            upTo(QLatin1StringView("*/"), muted, Comment);
        else if (state == String)
            upTo(QLatin1StringView("'"), quoted, String); // a doubled quote opens the next one at once
        if (at >= text.size())
            break;
        const QStringView rest = QStringView(text).mid(at);
        const QChar c = rest.front();
        if (rest.startsWith(QLatin1StringView("--"))) {
            setFormat(int(at), int(rest.size()), muted);
            break;
        }
        if (rest.startsWith(QLatin1StringView("/*"))) {
            setFormat(int(at), 2, muted);
            at += 2;
            state = Comment;
        } else if (c == QLatin1Char('\'')) {
            setFormat(int(at), 1, quoted);
            ++at;
            state = String;
        } else if (c == QLatin1Char('"')) {
            const qsizetype end = text.indexOf(QLatin1Char('"'), at + 1);
            at = end < 0 ? text.size() : end + 1;
        } else if (c.isLetter() || c == QLatin1Char('_')) {
            qsizetype end = at;
            while (end < text.size() && (text.at(end).isLetterOrNumber() || text.at(end) == QLatin1Char('_')))
                ++end;
            // The server writes keywords in capitals; in small letters they may be a column's name ("language").
            const QString word = text.sliced(at, end - at);
            if (word == word.toUpper() && keywords().contains(word.toLower()))
                setFormat(int(at), int(end - at), colors().accent);
            at = end;
        } else {
            ++at;
        }
    }
    setCurrentBlockState(state);
}

} // namespace howdah::ui
