// SPDX-License-Identifier: GPL-3.0-or-later
// Indexes, and what reads through or rewrites a table to make them: hazards 6 to 10.
#include "migrations/lintparts.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using K = Ddl::Kind;

// CONCURRENTLY goes in only where no transaction would refuse it.
static void offerConcurrently(LintedSection &section, int i, Finding &finding)
{
    const Statement &statement = section.statements()[size_t(i)];
    if (!section.inTransaction() && !statement.several)
        section.fix(finding, i, statement.ddl.keywordEnd, 0, " CONCURRENTLY");
}

static void createIndex(LintedSection &section, int i)
{
    const Ddl &ddl = section.statements()[size_t(i)].ddl;
    const QString table = ddl.relations.value(0);
    if (ddl.concurrently && ddl.ifNotExists) {
        bool dropped = false;
        for (int before = 0; before < i; ++before) {
            const Ddl &earlier = section.statements()[size_t(before)].ddl;
            for (const QString &name : earlier.relations)
                dropped |= earlier.is(K::Drop, "index") && sameRelation(name, ddl.name);
        }
        if (!dropped) {
            Finding &finding = section.add(7, i, Level::Warning, ddl.existsBegin, ddl.existsEnd);
            section.fix(finding, i, ddl.existsBegin, ddl.existsEnd - ddl.existsBegin, {});
        }
    }
    if (!section.isOld(table) || ddl.only)
        return;
    if (section.isPartitioned(table)) {
        section.add(8, i, ddl.concurrently ? Level::Error : section.blocking(table));
    } else if (!ddl.concurrently) {
        Finding &finding = section.add(6, i, section.blocking(table));
        offerConcurrently(section, i, finding);
    }
}

void indexRules(LintedSection &section, int i)
{
    const Ddl &ddl = section.statements()[size_t(i)].ddl;
    if (ddl.is(K::Create, "index"))
        return createIndex(section, i);
    if (ddl.is(K::Drop, "index") && !ddl.concurrently) {
        const bool old = std::any_of(ddl.relations.cbegin(), ddl.relations.cend(), [&](const QString &name) { return section.isOldIndex(name); });
        if (!old)
            return;
        Finding &finding = section.add(9, i, Level::Warning);
        if (ddl.relations.size() == 1 && !ddl.cascade) // CONCURRENTLY takes one, and no CASCADE
            offerConcurrently(section, i, finding);
    }
    if (ddl.kind != K::Reindex || ddl.concurrently)
        return;
    const QString name = ddl.relations.value(0);
    const bool old = ddl.object == "index"_L1 ? section.isOldIndex(name) : ddl.object != "table"_L1 || section.isOld(name);
    if (!old)
        return;
    Finding &finding = section.add(10, i, ddl.object == "table"_L1 ? section.blocking(name) : Level::Warning);
    if (ddl.object != "system"_L1)
        offerConcurrently(section, i, finding);
}

} // namespace howdah::migrations
