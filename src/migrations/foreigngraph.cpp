// SPDX-License-Identifier: GPL-3.0-or-later
// A graph for a terminal: a column a branch, a line a migration, the oldest first.
#include "migrations/foreign.h"

#include <QHash>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

// Where a migration's line touches the columns: its own, those of parents on which more is to stand, those of parents that end in it.
struct Touch {
    qsizetype at = -1;
    QVector<qsizetype> stay;
    QVector<qsizetype> end;
};

QString columnsText(const QStringList &open, const Touch &touch, QChar sign)
{
    qsizetype first = touch.at, last = touch.at;
    for (const qsizetype column : touch.stay + touch.end) {
        first = std::min(first, column);
        last = std::max(last, column);
    }
    QString line;
    for (qsizetype column = 0; column < open.size(); ++column) {
        const bool within = column >= first && column < last;
        const bool ends = touch.end.contains(column) && column != touch.at;
        line += column == touch.at          ? sign
            : ends                          ? (column > touch.at ? u'╯' : u'╰')
            : touch.stay.contains(column)   ? (column < touch.at ? u'├' : u'┤')
            : open.at(column).isEmpty()     ? (within && column > first ? u'─' : u' ')
                                            : u'│';
        line += within ? u'─' : u' ';
    }
    return line;
}

QString wordsOf(const ForeignProject &project, const ForeignMigration &one, bool fromFork)
{
    QStringList words{one.id};
    if (!one.title.isEmpty() && one.title != one.id)
        words << one.title;
    if (project.asked && project.heads.contains(one.id))
        words << u"← the database"_s;
    if (one.parents.size() > 1)
        words << u"[merges %1]"_s.arg(one.parents.join(u", "_s));
    else if (fromFork)
        words << u"[from %1]"_s.arg(one.parents.constFirst());
    if (!one.note.isEmpty())
        words << u"(%1)"_s.arg(one.note);
    return words.join(u"  "_s);
}

} // namespace

QString graphText(const ForeignProject &project)
{
    QHash<QString, qsizetype> children, toCome; // of each; and those that are not drawn yet
    for (const ForeignMigration &one : project.migrations) {
        for (const QString &parent : one.parents)
            ++children[parent];
    }
    toCome = children;
    QString text;
    QStringList open; // a column each: the migration that the next one in it stands on; empty: free
    for (const ForeignMigration &one : project.migrations) {
        Touch touch;
        for (const QString &parent : one.parents) {
            const qsizetype column = open.indexOf(parent);
            const bool more = --toCome[parent] > 0;
            if (column >= 0)
                (more ? touch.stay : touch.end).append(column);
        }
        // The leftmost of those that end here goes on with it.
        touch.at = touch.end.isEmpty() ? open.indexOf(QString()) : *std::min_element(touch.end.cbegin(), touch.end.cend());
        if (touch.at < 0) {
            touch.at = open.size();
            open << QString();
        }
        const QChar sign = !project.asked ? u'?' : one.applied ? u'●' : u'○';
        text += columnsText(open, touch, sign) + wordsOf(project, one, children.value(one.parents.value(0)) > 1) + u'\n';
        for (const qsizetype column : std::as_const(touch.end))
            open[column].clear();
        if (toCome.value(one.id) > 0)
            open[touch.at] = one.id;
        while (!open.isEmpty() && open.constLast().isEmpty())
            open.removeLast();
    }
    return text;
}

} // namespace howdah::migrations
