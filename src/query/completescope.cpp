// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/completescope.h"

namespace howdah::query
{

namespace
{

bool isOneOf(const QByteArray &word, std::initializer_list<const char *> words)
{
    return std::any_of(words.begin(), words.end(), [&](const char *one) { return word == one; });
}

// Words behind a table that are no alias.
bool endsSource(const QByteArray &word)
{
    return isOneOf(word, {"where", "group", "having", "order", "limit", "offset", "fetch", "for", "union", "intersect", "except", "window", "on", "using", "join",
                          "inner", "left", "right", "full", "cross", "natural", "set", "values", "select", "returning", "when", "as", "tablesample", "with", "default",
                          "overriding", "conflict", "from", "add", "alter", "drop", "rename", "to", "cascade", "restrict", "into", "do"});
}

bool beginsQuery(const QByteArray &word)
{
    return isOneOf(word, {"select", "with", "values", "table", "insert", "update", "delete", "merge"});
}

} // namespace

QString folded(const QByteArray &word)
{
    if (word.startsWith('"'))
        return QString::fromUtf8(word.sliced(1, word.size() - (word.size() > 1 && word.endsWith('"') ? 2 : 1))).replace(QLatin1StringView("\"\""), QLatin1StringView("\""));
    return QString::fromUtf8(word.toLower());
}

Scope::Scope(const StatementTokens &tokens, int at) : m_tokens(tokens)
{
    std::vector<int> open;
    for (int i = 0; i < at && i < tokens.size(); ++i) {
        if (tokens.is(i, "("))
            open.push_back(i);
        else if (tokens.is(i, ")") && !open.empty())
            open.pop_back();
    }
    if (!open.empty())
        m_open = open.back();
    // CTEs are seen from all inside of the statement; then the queries from the outermost to the innermost.
    std::vector<int> blocks{-1};
    for (const int i : open) {
        if (beginsQuery(tokens.word(i + 1)))
            blocks.push_back(i);
    }
    m_blockBegin = blocks.back() + 1;
    for (const int i : blocks)
        readBlock(i + 1, i < 0 ? tokens.size() : groupEnd(i), at);
}

int Scope::groupEnd(int open) const
{
    const int behind = m_tokens.behindGroup(open);
    return m_tokens.is(behind - 1, ")") ? behind - 1 : behind;
}

// The part of a block between its UNIONs that the cursor stands in.
void Scope::readBlock(int begin, int end, int cursor)
{
    readCtes(begin, end);
    int from = begin, to = end;
    for (int i = begin; i < end; ++i) {
        if (m_tokens.is(i, "(")) {
            i = m_tokens.behindGroup(i) - 1;
        } else if (m_tokens.isAny(i, {"union", "intersect", "except"})) {
            if (i < cursor)
                from = i + 1;
            else {
                to = i;
                break;
            }
        }
    }
    const QVector<Source> outer = std::exchange(m_sources, {});
    readSources(from, to);
    m_sources += outer;
}

void Scope::readCtes(int begin, int end)
{
    int i = begin;
    if (!m_tokens.is(i, "with"))
        return;
    i += m_tokens.is(i + 1, "recursive") ? 2 : 1;
    while (i < end && isName(i)) {
        const QString name = folded(m_tokens.text(i++));
        QStringList outputs;
        if (m_tokens.is(i, "(")) {
            const int close = groupEnd(i);
            for (int k = i + 1; k < close; ++k) {
                if (isName(k))
                    outputs << folded(m_tokens.text(k));
            }
            i = close + 1;
        }
        while (m_tokens.isAny(i, {"as", "not", "materialized"}))
            ++i;
        if (!m_tokens.is(i, "("))
            break;
        if (outputs.isEmpty())
            outputs = outputsOf(i + 1, groupEnd(i));
        m_ctes << name;
        m_cteOutputs.insert(name, outputs);
        i = m_tokens.behindGroup(i);
        if (!m_tokens.is(i, ","))
            break;
        ++i;
    }
}

void Scope::readSources(int begin, int end)
{
    bool list = false; // a comma is followed by a table
    for (int i = begin; i < end;) {
        const QByteArray word = m_tokens.word(i);
        if (word == "(") {
            i = m_tokens.behindGroup(i);
            continue;
        }
        const bool from = word == "from" && !m_tokens.is(i - 1, "distinct");
        const bool update = word == "update" && (i == begin || m_tokens.isAny(i - 1, {")", "explain", "analyze"})) && !m_tokens.is(i + 1, "set");
        const bool into = word == "into" && m_tokens.isAny(i - 1, {"insert", "merge"});
        const bool merged = word == "using" && !m_tokens.is(i + 1, "(") && isOneOf(m_tokens.word(begin), {"merge", "delete"});
        const bool table = word == "table" && m_tokens.isAny(i - 1, {"alter", "lock", "truncate"});
        const bool first = i == begin && isOneOf(word, {"copy", "truncate", "vacuum", "analyze"}) && isName(i + 1);
        const bool index = word == "on" && m_tokens.isAny(begin, {"create", "drop"}) && m_tokens.find(begin, i, {"index", "trigger", "policy"}) >= 0;
        if (from || update || into || merged || table || first || index || word == "join" || (list && word == ",")) {
            list = from || merged || (list && word == ",");
            i = readSource(i + 1, end);
            continue;
        }
        if (list && isOneOf(word, {"where", "group", "having", "order", "limit", "window", "returning", "set"}))
            list = false;
        ++i;
    }
}

int Scope::readSource(int i, int end)
{
    while (m_tokens.isAny(i, {"only", "lateral", "concurrently"}) || m_tokens.are(i, {"if", "exists"}))
        i += m_tokens.is(i, "if") ? 2 : 1;
    Source source;
    if (m_tokens.is(i, "(")) {
        const int close = groupEnd(i);
        if (!beginsQuery(m_tokens.word(i + 1))) { // (a JOIN b ON …)
            const int next = readSource(i + 1, close);
            readSources(next, close);
            return close + 1;
        }
        source.outputs = outputsOf(i + 1, close);
        i = close + 1;
    } else if (isName(i) && !endsSource(m_tokens.word(i))) {
        source.relation = nameAt(i, &i);
        if (source.relation.schema.isEmpty() && m_ctes.contains(source.relation.name))
            source.outputs = m_cteOutputs.value(source.relation.name);
        source.alias = source.relation.name;
        if (m_tokens.is(i, "(") && !m_tokens.isAny(i - 2, {"into"})) { // a function, or the columns of INSERT INTO t (…): both no alias
            const int behind = m_tokens.behindGroup(i);
            if (isName(behind) && !endsSource(m_tokens.word(behind)))
                i = behind;
        }
        if (!source.outputs.isEmpty())
            source.relation = {};
    } else {
        return i;
    }
    const bool as = m_tokens.is(i, "as");
    if (as)
        ++i;
    if (i < end && isName(i) && (as || !endsSource(m_tokens.word(i)))) {
        source.alias = folded(m_tokens.text(i++));
        source.hasAlias = true;
    }
    m_sources << source;
    return i;
}

QStringList Scope::outputsOf(int begin, int end) const
{
    int i = m_tokens.find(begin, end, {"select"});
    if (i < 0)
        return {};
    QStringList outputs;
    for (++i; i < end;) {
        int last = -1, k = i;
        while (k < end && !m_tokens.isAny(k, {",", "from", "where", "union", "intersect", "except", "order", "limit", "group"})) {
            last = m_tokens.is(k, "(") ? m_tokens.behindGroup(k) - 1 : k;
            k = last + 1;
        }
        if (last >= 0 && isName(last) && !m_tokens.is(last, "end"))
            outputs << folded(m_tokens.text(last));
        else if (last > i && m_tokens.is(last, ")") && isName(i)) // count(*)
            outputs << folded(m_tokens.text(i));
        if (!m_tokens.is(k, ","))
            break;
        i = k + 1;
    }
    return outputs;
}

bool Scope::isName(int i) const
{
    return i >= 0 && i < m_tokens.size() && (m_tokens[i].kind == Token::Kind::Word || m_tokens[i].kind == Token::Kind::QuotedName);
}

RelationName Scope::nameAt(int i, int *next) const
{
    QStringList parts{folded(m_tokens.text(i++))};
    while (m_tokens.is(i, ".") && isName(i + 1)) {
        parts << folded(m_tokens.text(i + 1));
        i += 2;
    }
    *next = i;
    return parts.size() == 1 ? RelationName{{}, parts.first()} : RelationName{parts.at(parts.size() - 2), parts.last()};
}

std::optional<RelationName> Scope::target() const
{
    for (const Source &source : m_sources) {
        if (!source.relation.name.isEmpty())
            return source.relation;
    }
    return {};
}

} // namespace howdah::query
