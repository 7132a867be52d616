// SPDX-License-Identifier: GPL-3.0-or-later
// The file as a whole: its purpose, and its way back (hazard 52).
#include "migrations/lintparts.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using K = Ddl::Kind;
using A = Action::Kind;

// SELECT 1 and the like do nothing either.
static bool doesNothing(const LintedSection &section)
{
    return std::all_of(section.statements().cbegin(), section.statements().cend(), [](const Statement &statement) {
        return !statement.command && (statement.ddl.kind == K::Query || statement.ddl.kind == K::Set) && !statement.text.contains('(');
    });
}

void fileRules(LintedSection &section)
{
    const LintFile &file = section.file();
    // What a generated file does not do (generate.h): for a person to write, or to take out.
    static const QByteArray mark = "-- TODO: unsupported difference";
    for (qsizetype at = section.section().text.indexOf(mark); at >= 0; at = section.section().text.indexOf(mark, at + 1)) {
        Finding &finding = section.add(0, -1, Level::Error, 0, -1, u"A difference that was found is not written"_s);
        finding.offset = at;
        finding.length = mark.size();
        finding.rule = u"todo"_s;
        finding.safe = u"The statements for it, in place of the comment"_s;
    }
    if (!section.down()) {
        if (file.purpose.split(u' ', Qt::SkipEmptyParts).size() < 3) {
            Finding &finding = section.add(0, -1, Level::Error, 0, -1, file.purpose.trimmed().isEmpty() ? u"The file does not say what it is for"_s : u"Its purpose is told in less than three words"_s);
            finding.rule = u"purpose"_s;
            finding.safe = u"-- purpose: what it is for"_s;
        }
        for (int i = 0; i < int(section.statements().size()); ++i) {
            const Ddl &ddl = section.statements()[size_t(i)].ddl;
            const bool value = ddl.is(K::Alter, "type") && !ddl.actions.isEmpty() && ddl.actions[0].kind == A::AddValue && !section.newTypes.contains(ddl.name);
            if (value && file.irreversible.isEmpty())
                section.add(52, i, Level::Note, 0, -1, u"an enum's value can't be taken away"_s);
        }
        return;
    }
    if (doesNothing(section) && file.irreversible.trimmed().isEmpty())
        section.add(52, -1, Level::Error, 0, -1, section.statements().empty() ? u"the down section is empty"_s : u"the down section does nothing"_s);
}

} // namespace howdah::migrations
