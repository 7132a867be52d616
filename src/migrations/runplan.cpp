// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/runplan.h"

#include "migrations/lintfacts.h"
#include "migrations/lintparts.h"
#include "pg/quote.h"
#include "query/hazards.h"

#include <QMap>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

// Of whom it keeps out.
QString whatWaits(Lock lock)
{
    switch (lock) {
    case Lock::AccessExclusive: return u"reads and writes of %1"_s;
    case Lock::Exclusive:
    case Lock::ShareRowExclusive:
    case Lock::Share: return u"writes to %1"_s;
    case Lock::ShareUpdateExclusive: return u"other changes of the definition of %1, and its VACUUM"_s;
    default: return {};
    }
}

bool isUnseen(const Ddl &ddl)
{
    using Kind = Ddl::Kind;
    return ddl.kind == Kind::Do || ddl.kind == Kind::Call || ddl.kind == Kind::Unknown;
}

} // namespace

QString blocksOf(const File &file, Direction direction)
{
    const LintFile lintFile = lintFileOf(file);
    LintedSection section(lintFile, {}, direction == Direction::Down);
    QMap<QString, Lock> strongest;
    bool unseen = false;
    for (int i = 0; i < int(section.statements().size()); ++i) {
        section.look(i);
        for (const Taken &taken : section.taken(i))
            strongest[taken.relation] = std::max(strongest.value(taken.relation, Lock::None), taken.lock);
        section.take(i);
        unseen = unseen || isUnseen(section.statements().at(size_t(i)).ddl);
    }
    QStringList words;
    for (const Lock lock : {Lock::AccessExclusive, Lock::Exclusive, Lock::ShareRowExclusive, Lock::Share, Lock::ShareUpdateExclusive}) {
        for (auto one = strongest.cbegin(); one != strongest.cend(); ++one) {
            if (one.value() == lock)
                words << whatWaits(lock).arg(one.key());
        }
    }
    if (unseen)
        words << u"what its DO blocks, calls or unknown statements lock can't be told from their words"_s;
    return words.isEmpty() ? u"nothing that stands already, as far as its words tell"_s : words.join(u"; "_s);
}

session::ChangePlan planOf(const RunPlace &place, const QVector<Wanted> &wanted, const QString &title)
{
    session::ChangePlan plan;
    plan.title = title;
    plan.verb = title;
    plan.server = place.server;
    plan.database = place.database;
    plan.role = place.role;
    plan.environment = place.environment;
    plan.object = place.database;
    plan.transactional = false; // each migration has its own
    const bool back = !wanted.isEmpty() && wanted.constFirst().direction == Direction::Down;
    plan.undo = back ? u"howdahctl migrate up"_s : u"howdahctl migrate down %1, where they have a way back"_s.arg(wanted.size());
    for (const Wanted &one : wanted) {
        const Section &section = one.direction == Direction::Up ? one.file->up : one.file->down;
        session::ChangeStep step;
        // In words, which wrap: a file's name does not.
        step.title = u"%1 (%2%3)"_s.arg(one.file->isRepeatable() ? one.file->version : u"%1 %2"_s.arg(one.file->version, one.file->title()), one.mark.isEmpty() ? directionText(one.direction) : one.mark,
                                        one.mark.isEmpty() && !section.transaction ? u", without a transaction"_s : QString());
        if (one.mark.isEmpty()) {
            if (!one.file->purpose.isEmpty())
                step.text = pg::commentLine(one.file->purpose).toUtf8() + '\n';
            for (const query::Piece &piece : section.statements) {
                step.text += piece.text + ";\n";
                plan.hazards += query::hazardsOf(piece.text);
            }
            step.blocks = blocksOf(*one.file, one.direction);
        }
        plan.steps.append(step);
    }
    return plan;
}

} // namespace howdah::migrations
