// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/withoutliterals.h"

#include "query/lexer.h"

#include <algorithm>

namespace howdah::plan
{

using namespace Qt::StringLiterals;
using query::Token;

namespace
{

// The digits in "::numeric(10,2)" are the type's.
class CastTracker
{
public:
    void see(const Token &token, QByteArrayView text)
    {
        if (text == "::")
            m_state = State::Type;
        else if (m_state == State::Type && text == "(")
            m_state = State::Modifier;
        else if (m_state == State::Type && token.kind != Token::Kind::Word && token.kind != Token::Kind::QuotedName && text != ".")
            m_state = State::None;
        else if (m_state == State::Modifier && text == ")")
            m_state = State::Type; // timestamp(0) with time zone
        else if (m_state == State::Modifier && token.kind != Token::Kind::Number && text != ",")
            m_state = State::None;
    }
    bool inModifier() const { return m_state == State::Modifier; }

private:
    enum class State { None, Type, Modifier };
    State m_state = State::None;
};

// Numbers of their own: "Rows Removed by Filter" is a figure, "Filter" an expression.
bool holdsExpression(const QString &name)
{
    if (name.startsWith("Rows Removed"_L1))
        return false;
    static constexpr QLatin1StringView ends[] = {"Cond"_L1,     "Filter"_L1,     "Key"_L1,  "Keys"_L1, "Output"_L1, "Call"_L1,
                                                 "Order By"_L1, "Parameters"_L1, "Seed"_L1, "SQL"_L1,  "Window"_L1};
    return std::any_of(std::begin(ends), std::end(ends), [&name](QLatin1StringView end) { return name.endsWith(end); });
}

bool isFigure(const QString &value)
{
    static constexpr QStringView signs = u"0123456789.-+e ";
    return std::all_of(value.cbegin(), value.cend(), [](QChar c) { return signs.contains(c); });
}

void mask(Fields *fields)
{
    for (Field &field : fields->all) {
        const bool groups = field.name.endsWith(" Groups"_L1); // of an incremental sort: figures with words between them
        if (holdsExpression(field.name) || (!groups && !isFigure(field.value)))
            field.value = withoutLiterals(field.value);
    }
}

} // namespace

QString withoutLiterals(const QString &sql)
{
    const QByteArray text = sql.toUtf8();
    QByteArray masked;
    masked.reserve(text.size());
    CastTracker cast;
    QByteArrayView before; // the last word, where nothing but space stands between
    for (const Token &token : query::lex(text)) {
        const QByteArrayView own = QByteArrayView(text).sliced(token.begin, token.end - token.begin);
        if (token.kind == Token::Kind::Space) {
            masked += own;
            continue;
        }
        if (token.isSpace()) { // a comment
            masked += ' ';
            continue;
        }
        cast.see(token, own);
        const bool numbered = before == "SubPlan" || before == "InitPlan";
        switch (token.kind) {
        case Token::Kind::Number:
            if (numbered || cast.inModifier())
                masked += own;
            else
                masked += "'***'";
            break;
        case Token::Kind::String:
        case Token::Kind::DollarString:
        case Token::Kind::CopyData:
        case Token::Kind::Command:
        case Token::Kind::Unterminated: masked += "'***'"; break;
        case Token::Kind::Variable: // :name is a slice's bound too, a[1:n]
            masked += own.size() > 1 && (own[1] == '\'' || (own[1] >= '0' && own[1] <= '9')) ? QByteArrayView(":'***'") : own;
            break;
        default: masked += own;
        }
        before = token.kind == Token::Kind::Word ? own : QByteArrayView();
    }
    return QString::fromUtf8(masked);
}

bool isMasked(const QString &sql)
{
    return sql.contains("'***'"_L1);
}

Plan withoutLiterals(Plan plan)
{
    for (PlanNode &node : plan.nodes) {
        mask(&node.fields);
        for (WorkerShare &worker : node.workers)
            mask(&worker.fields);
    }
    mask(&plan.other);
    plan.queryText = withoutLiterals(plan.queryText);
    if (!plan.parameters.isEmpty())
        plan.parameters = u"'***'"_s;
    return plan;
}

} // namespace howdah::plan
