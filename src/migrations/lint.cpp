// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/lint.h"

#include "migrations/lintparts.h"
#include "query/splitter.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using K = Ddl::Kind;
using A = Action::Kind;

void Names::remove(const QString &name)
{
    const QStringList all = m_names.values(last(name));
    for (const QString &other : all) {
        if (sameRelation(name, other))
            m_names.remove(last(name), other);
    }
}

bool Names::contains(const QString &name) const
{
    for (auto at = m_names.constFind(last(name)); at != m_names.constEnd() && at.key() == last(name); ++at) {
        if (sameRelation(name, at.value()))
            return true;
    }
    return false;
}

LintedSection::LintedSection(const LintFile &file, const LintFacts &facts, bool down) : m_file(file), m_facts(facts), m_section(down ? file.down : file.up), m_down(down)
{
    lockTimeout = m_section.lockTimeout;
    statementTimeout = m_section.statementTimeout;
    bool standard = true;
    size_t recognised = 0;
    for (const query::Piece &piece : query::split(m_section.text)) {
        Statement whole;
        whole.offset = piece.begin;
        whole.text = m_section.text.mid(piece.begin, piece.end - piece.begin);
        if (piece.terminated && whole.text.endsWith(';'))
            whole.text.chop(1);
        whole.command = piece.kind == query::Piece::Kind::Command || !piece.sender.isEmpty();
        whole.several = piece.several;
        if (!whole.several)
            m_statements.push_back(whole);
        const query::StatementTokens words(whole.several ? whole.text : QByteArray(), standard);
        for (const auto &[begin, end] : words.statements()) {
            Statement part = whole;
            part.offset += words[begin].begin;
            part.text = whole.text.mid(words[begin].begin, words[end - 1].end - words[begin].begin);
            m_statements.push_back(part);
        }
        for (size_t i = recognised; i < m_statements.size(); ++i) {
            if (!whole.command)
                m_statements[i].ddl = recognise(m_statements[i].text, standard);
        }
        recognised = m_statements.size();
        standard = piece.standardStrings;
    }
    for (const Statement &statement : m_statements) {
        const Ddl &ddl = statement.ddl;
        if (!ddl.partitionOf.isEmpty())
            m_partitioned.add(ddl.partitionOf);
        if (ddl.is(K::Create, "index"))
            m_indexes.insert(Names::last(ddl.relations.value(0)), {ddl.relations.value(0), ddl.columns});
        if (ddl.is(K::Create, "table") && ddl.partitioned)
            m_partitioned.add(ddl.name);
        for (const Action &action : ddl.actions) {
            if (ddl.object == "table"_L1 && (action.kind == A::Attach || action.kind == A::Detach))
                m_partitioned.add(ddl.name);
        }
    }
}

// Facts know names with their schema, files mostly without.
template<typename Known>
static auto factOf(const Known &known, const QString &relation)
{
    const auto at = known.constFind(relation);
    if (at != known.constEnd())
        return at;
    return relation.startsWith("public."_L1) ? known.constFind(relation.mid(7)) : known.constFind(QString(u"public."_s + relation));
}

QList<QStringList> LintedSection::indexesOn(const QString &table) const
{
    QList<QStringList> all;
    for (auto at = m_indexes.constFind(Names::last(table)); at != m_indexes.constEnd() && at.key() == Names::last(table); ++at) {
        if (sameRelation(table, at->first))
            all << at->second;
    }
    return all;
}

bool LintedSection::isPartitioned(const QString &relation) const
{
    return m_partitioned.contains(relation) || factOf(m_facts.partitioned, relation) != m_facts.partitioned.constEnd();
}

bool LintedSection::isSmall(const QString &relation) const
{
    const auto at = factOf(m_facts.tableRows, relation);
    return at != m_facts.tableRows.constEnd() && *at >= 0 && *at < 10'000;
}

bool LintedSection::isEmpty(const QString &relation) const
{
    const auto at = factOf(m_facts.tableRows, relation);
    return at != m_facts.tableRows.constEnd() && *at == 0;
}

QString LintedSection::columnType(const QString &relation, const QString &column) const
{
    const auto at = factOf(m_facts.columnTypes, QString(relation + u'.' + column));
    return at == m_facts.columnTypes.constEnd() ? QString() : normalType(*at);
}

QList<Unproven> LintedSection::notValidAt(const Ddl &ddl, const Action &action) const
{
    QList<Unproven> pending = notValid;
    for (const Action &earlier : ddl.actions) {
        if (earlier.begin < action.begin && earlier.kind == A::AddConstraint && earlier.constraint.notValid)
            pending.push_back({ddl.relations.value(0), earlier.constraint});
    }
    return pending;
}

Finding &LintedSection::add(int hazard, int statement, Level level, qsizetype begin, qsizetype end, const QString &more)
{
    Finding finding;
    finding.hazard = hazard;
    finding.level = level;
    finding.down = m_down;
    if (hazard > 0) {
        const RuleText &text = ruleTexts().at(hazard - 1);
        finding.rule = QString::fromUtf8(text.rule);
        finding.lock = QString::fromUtf8(text.lock);
        finding.reason = QString::fromUtf8(text.reason);
        finding.safe = QString::fromUtf8(text.safe);
    }
    if (!more.isEmpty())
        finding.reason = finding.reason.isEmpty() ? more : QString(finding.reason + u"; "_s + more);
    if (statement >= 0) {
        const Statement &of = m_statements[size_t(statement)];
        const qsizetype whole = of.ddl.end > 0 ? of.ddl.end : of.text.size();
        finding.offset = of.offset + begin;
        finding.length = (end < 0 ? whole : end) - begin;
    }
    m_found.push_back({finding, statement});
    return m_found.back().finding;
}

void LintedSection::fix(Finding &finding, int statement, qsizetype at, qsizetype length, const QByteArray &text) const
{
    finding.fixes.push_back({m_statements[size_t(statement)].offset + at, length, text});
}

void LintedSection::look(int statement)
{
    m_taken.resize(m_statements.size());
    m_taken[size_t(statement)] = takenBy(*this, m_statements[size_t(statement)]);
}

static bool zero(const QString &value)
{
    QString digits;
    for (const QChar c : value) {
        if (c.isDigit())
            digits += c;
    }
    return value.compare("default"_L1, Qt::CaseInsensitive) == 0 || digits.isEmpty() || digits.toLongLong() == 0;
}

void LintedSection::take(int statement)
{
    const Ddl &ddl = m_statements[size_t(statement)].ddl;
    if (ddl.kind == K::Create && (ddl.object.endsWith("table"_L1) || ddl.object.endsWith("view"_L1) || ddl.object == "sequence"_L1)) {
        if (!ddl.orReplace)
            m_new.add(ddl.name);
    } else if (ddl.is(K::Create, "index")) {
        if (!ddl.name.isEmpty())
            m_newIndexes.add(ddl.name);
    } else if (ddl.is(K::Create, "type")) {
        newTypes.add(ddl.name);
    } else if (ddl.is(K::Create, "domain")) {
        newDomains.add(ddl.name);
        if (!ddl.columnsMade.isEmpty() && (ddl.columnsMade[0].notNull || !ddl.columnsMade[0].constraints.isEmpty()))
            checkedDomains.add(ddl.name);
    } else if (ddl.kind == K::Drop) {
        for (const QString &relation : ddl.relations)
            (ddl.object == "index"_L1 ? m_newIndexes : m_new).remove(relation);
    } else if (ddl.kind == K::Begin || ddl.kind == K::End) {
        m_begun = ddl.kind == K::Begin;
    } else if (ddl.kind == K::Set && (!ddl.local || inTransaction())) { // else it sets nothing
        if (ddl.setting == "all"_L1) // RESET
            lockTimeout = statementTimeout = utc = false;
        else if (ddl.setting == "lock_timeout"_L1)
            lockTimeout = !zero(ddl.value);
        else if (ddl.setting == "statement_timeout"_L1)
            statementTimeout = !zero(ddl.value);
        else if (ddl.setting == "timezone"_L1)
            utc = ddl.value.compare("utc"_L1, Qt::CaseInsensitive) == 0 || ddl.value.compare("etc/utc"_L1, Qt::CaseInsensitive) == 0;
    }
    const QString relation = ddl.relations.value(0);
    for (const Action &action : ddl.actions) {
        if (action.kind == A::RenameTo && m_new.contains(relation)) {
            const qsizetype dot = relation.lastIndexOf(u'.');
            m_new.remove(relation);
            m_new.add(dot < 0 ? action.newName : QString(relation.left(dot + 1) + action.newName));
        } else if (action.kind == A::SetSchema && m_new.contains(relation)) {
            m_new.add(QString(action.newName + u'.' + relation.mid(relation.lastIndexOf(u'.') + 1)));
        } else if (action.kind == A::AddConstraint) {
            (action.constraint.notValid ? notValid : proven).push_back({relation, action.constraint});
        } else if (action.kind == A::ValidateConstraint) {
            Unproven done{relation, {}};
            done.constraint.name = action.object;
            for (const Unproven &pending : notValid) {
                if (sameRelation(pending.relation, relation) && pending.constraint.name == action.object)
                    done = pending;
            }
            proven.push_back(done);
            notValid.removeIf([&](const Unproven &pending) { return sameRelation(pending.relation, relation) && pending.constraint.name == action.object; });
        }
    }
}

void LintedSection::applyWaivers()
{
    struct Placed { Waiver waiver; int statement; };
    std::vector<Placed> waivers;
    size_t next = 0;
    for (const query::Token &token : query::lex(m_section.text)) {
        if (token.kind != query::Token::Kind::LineComment && token.kind != query::Token::Kind::BlockComment)
            continue;
        Waiver waiver = waiverIn(QByteArrayView(m_section.text).sliced(token.begin, token.end - token.begin));
        if (waiver.rules.isEmpty())
            continue;
        waiver.offset = token.begin;
        waiver.length = token.end - token.begin;
        while (next < m_statements.size() && m_statements[next].offset < token.begin)
            ++next;
        // On the line that a statement ends on it is not before the next one; inside of a statement it is before none.
        const qsizetype behind = next == 0 ? 0 : m_statements[next - 1].offset + m_statements[next - 1].text.size();
        const bool before = next < m_statements.size() && behind <= token.begin
            && (next == 0 || m_section.text.mid(behind, token.begin - behind).contains('\n'));
        waivers.push_back({waiver, before ? int(next) : -1});
    }
    for (Placed &placed : waivers) {
        if (placed.waiver.reason.isEmpty() || placed.statement < 0)
            continue;
        for (Found &found : m_found) {
            for (const QString &rule : std::as_const(placed.waiver.rules)) {
                if (found.statement != placed.statement || !waives(rule, found.finding))
                    continue;
                found.finding.waived = placed.waiver.reason;
                placed.waiver.used << rule;
            }
        }
    }
    for (const Placed &placed : waivers) {
        QStringList idle = placed.waiver.rules;
        idle.removeIf([&](const QString &rule) { return placed.waiver.used.contains(rule); });
        if (idle.isEmpty())
            continue;
        const bool bare = placed.waiver.reason.isEmpty();
        Finding &finding = add(0, -1, bare ? Level::Error : Level::Warning, 0, -1,
            bare                   ? u"A waiver without a reason does not hold"_s
            : placed.statement < 0 ? u"It stands directly before no statement, and waives nothing"_s
                                   : u"Its statement has no finding of %1"_s.arg(idle.join(u", "_s)));
        finding.rule = bare ? u"waiver-reason"_s : u"unused-waiver"_s;
        finding.safe = bare ? u"-- howdah:ignore RULE reason"_s : u"Away with it"_s;
        finding.offset = placed.waiver.offset;
        finding.length = placed.waiver.length;
    }
}

QList<Finding> LintedSection::findings()
{
    applyWaivers();
    QList<Finding> all;
    for (Found &found : m_found)
        all.push_back(std::move(found.finding));
    std::stable_sort(all.begin(), all.end(), [](const Finding &a, const Finding &b) { return std::pair(a.offset, a.hazard) < std::pair(b.offset, b.hazard); });
    return all;
}

static QList<Finding> lintSection(const LintFile &file, const LintFacts &facts, bool down)
{
    LintedSection section(file, facts, down);
    static constexpr void (*rules[])(LintedSection &, int) = {timeoutRules, transactionRules, indexRules, columnRules, typeRules, constraintRules, objectRules, partitionRules};
    for (int i = 0; i < int(section.statements().size()); ++i) {
        section.look(i);
        for (const auto rule : rules)
            rule(section, i);
        section.take(i);
    }
    sectionRules(section);
    fileRules(section);
    return section.findings();
}

QList<Finding> lint(const LintFile &file, const LintFacts &facts)
{
    return lintSection(file, facts, false) + lintSection(file, facts, true);
}

} // namespace howdah::migrations
