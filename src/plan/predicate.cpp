// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/predicate.h"

#include "query/lexer.h"

#include <algorithm>

namespace howdah::plan
{

using namespace Qt::StringLiterals;
using query::Token;

namespace
{

constexpr int maxNesting = 64; // of AND in OR in AND

class PredicateReader
{
public:
    PredicateReader(const QString &text, const QString &name, const RelationFacts *relation);
    QVector<Condition> read() { return all(0, int(m_tokens.size()), 0); }

private:
    struct Range {
        int begin;
        int end;
    };
    QVector<Condition> all(int begin, int end, int depth) const;
    Condition one(int begin, int end, int depth) const;
    Operand operand(int begin, int end) const;
    Range bare(int begin, int end) const; // outer parentheses taken off
    QVector<Range> split(int begin, int end, QByteArrayView word) const;
    int typeEnd(int at) const; // behind the type that begins at `at`
    QString typeName(int begin, int end) const;
    // How many tokens at `at` name a column; 0: none. `own`: of the relation.
    int columnAt(int at, int begin, int end, bool *own, QString *column) const;
    QString textOf(int begin, int end, bool unqualified) const;
    QByteArrayView bytes(int at) const
    {
        return QByteArrayView(m_text).sliced(m_tokens[size_t(at)].begin, m_tokens[size_t(at)].end - m_tokens[size_t(at)].begin);
    }
    bool is(int at, QByteArrayView word) const { return at >= 0 && at < int(m_tokens.size()) && bytes(at) == word; }
    bool isName(int at) const;
    QString name(int at) const;

    const QByteArray m_text;
    const QString m_name;
    const RelationFacts *m_relation;
    std::vector<Token> m_tokens;
    QVector<int> m_pair; // of each "(" its ")"; -1
};

PredicateReader::PredicateReader(const QString &text, const QString &name, const RelationFacts *relation)
    : m_text(text.size() > maxCondition ? QByteArray() : text.toUtf8()), m_name(name), m_relation(relation && !relation->columns.isEmpty() ? relation : nullptr)
{
    for (const Token &token : query::lex(m_text))
        if (!token.isSpace())
            m_tokens.push_back(token);
    m_pair.fill(-1, qsizetype(m_tokens.size()));
    QVector<int> open;
    for (int at = 0; at < int(m_tokens.size()); ++at) {
        if (is(at, "("))
            open.append(at);
        else if (is(at, ")") && !open.isEmpty())
            m_pair[open.takeLast()] = at;
    }
}

bool PredicateReader::isName(int at) const
{
    if (at < 0 || at >= int(m_tokens.size()))
        return false;
    return m_tokens[size_t(at)].kind == Token::Kind::Word || m_tokens[size_t(at)].kind == Token::Kind::QuotedName;
}

QString PredicateReader::name(int at) const
{
    const QString text = QString::fromUtf8(bytes(at));
    if (m_tokens[size_t(at)].kind != Token::Kind::QuotedName || text.size() < 2)
        return text;
    return text.sliced(1, text.size() - 2).replace(u"\"\""_s, u"\""_s);
}

PredicateReader::Range PredicateReader::bare(int begin, int end) const
{
    while (end - begin >= 2 && m_pair[begin] == end - 1) {
        ++begin;
        --end;
    }
    return {begin, end};
}

QVector<PredicateReader::Range> PredicateReader::split(int begin, int end, QByteArrayView word) const
{
    QVector<Range> parts;
    int from = begin;
    for (int at = begin; at < end; ++at) {
        if (m_pair[at] > at)
            at = std::min(m_pair[at], end);
        else if (is(at, "CASE"))
            return {{begin, end}};
        else if (is(at, word)) {
            parts.append({from, at});
            from = at + 1;
        }
    }
    parts.append({from, end});
    return parts;
}

int PredicateReader::typeEnd(int at) const
{
    static constexpr QByteArrayView more[] = {"varying", "precision", "without", "with",   "time",   "zone", "year",
                                              "month",   "day",       "hour",    "minute", "second", "to"};
    if (!isName(at))
        return at;
    ++at;
    for (;;) {
        if (is(at, ".") && isName(at + 1))
            at += 2;
        else if (is(at, "(") && m_pair[at] > at)
            at = m_pair[at] + 1;
        else if (is(at, "[") && is(at + 1, "]"))
            at += 2;
        else if (isName(at) && std::find(std::begin(more), std::end(more), bytes(at)) != std::end(more))
            ++at;
        else
            return at;
    }
}

QString PredicateReader::typeName(int begin, int end) const
{
    QString text;
    for (int at = begin; at < end; ++at) {
        if (is(at, "(") && m_pair[at] > at) {
            at = m_pair[at];
            continue;
        }
        const bool joined = text.isEmpty() || is(at, ".") || is(at, "[") || is(at, "]") || is(at - 1, ".");
        text += (joined ? QString() : u" "_s) + QString::fromUtf8(bytes(at));
    }
    return text;
}

int PredicateReader::columnAt(int at, int begin, int end, bool *own, QString *column) const
{
    if (!isName(at) || (at > begin && (is(at - 1, ".") || is(at - 1, "COLLATE"))))
        return 0;
    if (at + 2 < end && is(at + 1, ".") && isName(at + 2)) {
        if (is(at + 3, "("))
            return 0;
        *column = name(at + 2);
        *own = name(at) == m_name;
        return 3;
    }
    if (at + 1 < end && (is(at + 1, "(") || is(at + 1, ".")))
        return 0;
    const QByteArrayView text = bytes(at);
    if (m_tokens[size_t(at)].kind == Token::Kind::Word) {
        // Names in lower case are all that stands without quotes, and keywords are written in capitals but for these.
        if (std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) || text == "true" || text == "false" || is(at + 1, "SubPlan"))
            return 0;
        if (at >= 2 && is(at - 1, "(") && is(at - 2, "EXTRACT"))
            return 0;
    }
    *column = name(at);
    *own = !m_relation || m_relation->column(*column);
    return 1;
}

QString PredicateReader::textOf(int begin, int end, bool unqualified) const
{
    QByteArray text;
    for (int at = begin; at < end; ++at) {
        if (unqualified && isName(at) && !is(at - 1, ".") && is(at + 1, ".") && name(at) == m_name && isName(at + 2) && !is(at + 3, "(")) {
            at += 2;
            text += bytes(at);
        } else {
            text += bytes(at);
        }
        if (at + 1 < end)
            text += QByteArrayView(m_text).sliced(m_tokens[size_t(at)].end, m_tokens[size_t(at) + 1].begin - m_tokens[size_t(at)].end);
    }
    return QString::fromUtf8(text);
}

Operand PredicateReader::operand(int begin, int end) const
{
    Operand side;
    const Range inside = bare(begin, end);
    begin = inside.begin;
    end = inside.end;
    side.text = textOf(begin, end, true);
    bool own = false;
    QString column;
    for (int at = begin; at < end;) {
        if (is(at, "::")) {
            at = std::max(at + 1, typeEnd(at + 1));
            continue;
        }
        const int length = columnAt(at, begin, end, &own, &column);
        if (length > 0 && own && !side.columns.contains(column))
            side.columns.append(column);
        side.foreign = side.foreign || (length > 0 && !own);
        at += std::max(1, length);
    }
    if (side.columns.isEmpty())
        return side;
    side.kind = Operand::Kind::Expression;
    // "(id)::numeric": the column, in parentheses or not, and a type to the end.
    const int until = begin < end && m_pair[begin] > begin ? m_pair[begin] + 1 : begin + columnAt(begin, begin, end, &own, &column);
    const Range first = bare(begin, until);
    if (first.begin < first.end && columnAt(first.begin, first.begin, first.end, &own, &column) == first.end - first.begin && own) {
        if (until == end) {
            side.kind = Operand::Kind::Column;
            side.column = column;
        } else if (is(until, "::") && typeEnd(until + 1) == end) {
            side.kind = Operand::Kind::Cast;
            side.column = column;
            side.type = typeName(until + 1, end);
        }
    }
    return side;
}

QString turned(const QString &op)
{
    if (op == "<"_L1)
        return u">"_s;
    if (op == ">"_L1)
        return u"<"_s;
    if (op == "<="_L1)
        return u">="_s;
    if (op == ">="_L1)
        return u"<="_s;
    return op == "="_L1 || op == "<>"_L1 ? op : QString();
}

Condition PredicateReader::one(int begin, int end, int depth) const
{
    Condition condition;
    condition.text = textOf(begin, end, false);
    if (const auto arms = split(begin, end, "OR"); arms.size() > 1) {
        for (const Range &arm : arms)
            condition.arms.append(all(arm.begin, arm.end, depth + 1));
        condition.left = operand(begin, end);
        return condition;
    }
    const bool isNull = end - begin > 2 && is(end - 1, "NULL") && is(end - 2, "IS");
    if (isNull) {
        condition.op = u"IS NULL"_s;
        condition.left = operand(begin, end - 2);
        return condition;
    }
    for (int at = begin; at < end && !is(begin, "NOT") && !is(begin, "CASE"); ++at) {
        if (m_pair[at] > at) {
            at = std::min(m_pair[at], end);
        } else if (at > begin && m_tokens[size_t(at)].kind == Token::Kind::Operator && !is(at, "::")) {
            const bool any = is(at + 1, "ANY");
            if (is(at + 1, "ALL"))
                break;
            condition.op = QString::fromUtf8(bytes(at)) + (any ? u" ANY"_s : QString());
            condition.left = operand(begin, at);
            condition.right = operand(at + (any ? 2 : 1), end);
            if (condition.left.kind == Operand::Kind::Value && condition.right.kind != Operand::Kind::Value && !any) {
                condition.op = turned(condition.op);
                std::swap(condition.left, condition.right);
            }
            return condition;
        }
    }
    condition.left = operand(begin, end);
    return condition;
}

QVector<Condition> PredicateReader::all(int begin, int end, int depth) const
{
    const Range inside = bare(begin, end);
    QVector<Condition> conditions;
    if (inside.begin >= inside.end || depth > maxNesting)
        return conditions;
    const auto parts = split(inside.begin, inside.end, "AND");
    if (parts.size() == 1)
        return {one(inside.begin, inside.end, depth)};
    for (const Range &part : parts)
        conditions += all(part.begin, part.end, depth + 1);
    return conditions;
}

} // namespace

Condition::Use Condition::use() const
{
    if (left.kind == Operand::Kind::Value || left.foreign || right.kind != Operand::Kind::Value || right.text.contains("SubPlan"_L1))
        return Use::Other;
    if (op == "="_L1 || op == "= ANY"_L1 || op == "IS NULL"_L1)
        return Use::Equality;
    if (op == "<"_L1 || op == "<="_L1 || op == ">"_L1 || op == ">="_L1)
        return Use::Range;
    if (op == "~~"_L1 && right.text.startsWith("'***'"_L1)) // how it begins is not known
        return Use::Other;
    if (op == "~~"_L1 && right.text.size() > 2 && right.text.startsWith(u'\'') && right.text[1] != u'%' && right.text[1] != u'_' && right.text[1] != u'\'')
        return Use::Prefix;
    return Use::Other;
}

QVector<Condition> conditionsOf(const QString &text, const QString &name, const RelationFacts *relation)
{
    return PredicateReader(text, name, relation).read();
}

QStringList columnsOf(const QVector<Condition> &conditions)
{
    QStringList columns;
    for (const Condition &condition : conditions)
        for (const Operand *side : {&condition.left, &condition.right})
            for (const QString &column : side->columns)
                if (!columns.contains(column))
                    columns.append(column);
    return columns;
}

} // namespace howdah::plan
