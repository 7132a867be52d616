// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/complete.h"

#include "pg/quote.h"
#include "query/completescope.h"

#include <QSet>

namespace howdah::query
{

namespace
{

using Kind = Token::Kind;

constexpr qsizetype mostText = 64 * 1024; // to either side of the cursor: a keystroke's share of a big file

struct Word {
    qsizetype begin = 0;    // of what is being written
    qsizetype end = 0;      // of the token, behind the cursor where the cursor is in its midst
    QString typed;          // without its quotes
    QStringList qualifiers; // "s", "t" of s.t.|
    qsizetype chain = 0;    // where they begin
};

enum class Place { None, Inner, Words };

bool isPart(const Token &token)
{
    return token.kind == Kind::Word || token.kind == Kind::QuotedName;
}

// What stands at the cursor: nothing to complete (a string, a comment), a body with SQL of its own, or words.
Place placeOf(const QByteArray &text, const std::vector<Token> &tokens, qsizetype cursor, const Token **inside)
{
    for (const Token &token : tokens) {
        if (token.begin >= cursor)
            break;
        if (token.end < cursor)
            continue;
        const bool in = token.end > cursor;
        switch (token.kind) {
        case Kind::LineComment:
        case Kind::Number:
        case Kind::Parameter:
        case Kind::Variable:
        case Kind::Command: return Place::None;
        case Kind::BlockComment:
        case Kind::CopyData:
        case Kind::String:
            if (in)
                return Place::None;
            break;
        case Kind::DollarString:
            if (in) {
                *inside = &token;
                return Place::Inner;
            }
            break;
        case Kind::Unterminated:
            if (text[token.begin] == '"')
                break;
            *inside = &token;
            return text[token.begin] == '$' ? Place::Inner : Place::None;
        default: break;
        }
    }
    return Place::Words;
}

Word wordAt(const QByteArray &text, const std::vector<Token> &tokens, qsizetype cursor)
{
    Word word{cursor, cursor, {}, {}, cursor};
    int i = 0;
    while (i < int(tokens.size()) && tokens[size_t(i)].end < cursor)
        ++i;
    if (i < int(tokens.size()) && tokens[size_t(i)].begin < cursor) {
        const Token &token = tokens[size_t(i)];
        const bool open = token.kind == Kind::Unterminated;
        if (isPart(token) || open) {
            word.begin = word.chain = token.begin;
            word.end = open ? cursor : token.end;
            word.typed = QString::fromUtf8(text.sliced(token.begin, cursor - token.begin));
            if (word.typed.startsWith(QLatin1Char('"')))
                word.typed.remove(QLatin1Char('"'));
        } else {
            ++i; // just behind it
        }
    }
    for (int k = i - 1; k >= 1 && text.sliced(tokens[size_t(k)].begin, tokens[size_t(k)].end - tokens[size_t(k)].begin) == "." && isPart(tokens[size_t(k - 1)]); k -= 2) {
        const Token &part = tokens[size_t(k - 1)];
        word.qualifiers.prepend(folded(text.sliced(part.begin, part.end - part.begin)));
        word.chain = part.begin;
    }
    return word;
}

class Finder
{
public:
    Finder(const StatementTokens &tokens, int at, const Word &word, const CompletionSources &from)
        : m_tokens(tokens), m_scope(tokens, at), m_at(at), m_word(word), m_from(from)
    {
    }

    QVector<Suggestion> find()
    {
        if (!m_word.qualifiers.isEmpty())
            qualified();
        else
            plain();
        return m_found.first(qMin(m_found.size(), mostSuggestions));
    }

private:
    QByteArray word(int i) const { return m_tokens.word(i); }

    // The clause that the cursor stands in: its word's place; -1: none.
    int clause() const
    {
        int depth = 0;
        for (int i = m_at - 1; i >= m_scope.blockBegin(); --i) {
            if (word(i) == ")")
                ++depth;
            else if (word(i) == "(" && depth-- == 0)
                depth = 0; // a group inside of this query: on in front of it
            else if (depth == 0
                     && m_tokens.isAny(i, {"select", "from", "join", "where", "on", "set", "into", "update", "group", "order", "having", "values", "returning", "using", "limit"}))
                return i;
        }
        return -1;
    }

    bool wantsRelation(int at) const
    {
        const QByteArray before = word(m_at - 1);
        const QByteArray first = word(m_scope.blockBegin());
        if (before == "from")
            return word(m_at - 2) != "distinct" && (m_scope.open() < m_scope.blockBegin());
        if (m_tokens.isAny(m_at - 1, {"join", "into", "table", "only", "truncate", "lateral", "vacuum", "analyze", "references", "view", "copy", "index", "sequence"}))
            return !(first == "create" && m_tokens.isAny(m_at - 1, {"table", "view", "index", "sequence"}));
        if (before == "update")
            return m_at - 1 == m_scope.blockBegin() || word(m_at - 2) == ")";
        if (before == "exists")
            return word(m_at - 2) == "if" && first != "create";
        if (before == "using")
            return first == "merge" || first == "delete";
        if (before == "on")
            return first == "create" || first == "grant" || first == "revoke";
        return before == "," && at >= 0 && word(at) == "from" && m_scope.open() < m_scope.blockBegin();
    }

    // INSERT INTO t (|, COPY t (|, CREATE INDEX … ON t (|, ON CONFLICT (|, UPDATE t SET |, ALTER TABLE t DROP COLUMN |
    bool wantsTargetColumn(int at) const
    {
        const QByteArray before = word(m_at - 1), first = word(m_scope.blockBegin());
        if (const int open = m_scope.open(); open >= m_scope.blockBegin() && (before == "(" || before == ",")) {
            int i = open - 1;
            if (word(i) == "conflict")
                return true;
            while (i > 0 && word(i - 1) == ".")
                i -= 2;
            if (m_tokens.isAny(i - 1, {"into", "copy", "analyze", "references"}))
                return true;
            if (first == "create" && m_tokens.find(m_scope.blockBegin(), open, {"index"}) >= 0)
                return true;
        }
        if (at >= 0 && word(at) == "set" && (before == "set" || before == ",") && m_scope.open() < m_scope.blockBegin())
            return m_tokens.find(m_scope.blockBegin(), at, {"update", "conflict"}) >= 0 || word(at - 1) == "update";
        return first == "alter" && (before == "column" || m_tokens.isAny(m_at - 1, {"drop", "rename", "alter"})) && m_at - 1 > m_scope.blockBegin();
    }

    void plain()
    {
        const int at = clause();
        if (wantsRelation(at)) {
            for (const QString &cte : m_scope.ctes())
                add(Suggestion::Kind::Relation, cte, QStringLiteral("WITH"));
            relations({});
            schemas();
            if (m_tokens.isAny(m_at - 1, {"from", "join", ",", "lateral"}))
                functions({});
            return;
        }
        if (wantsTargetColumn(at)) {
            if (const auto target = m_scope.target())
                columnsOf(*target);
            if (word(m_scope.blockBegin()) == "alter")
                keywords();
            return;
        }
        // Behind a table: an alias of the user's own, or the next clause.
        const bool behindName = m_at > 0 && (isPart(m_tokens[m_at - 1]) || word(m_at - 1) == ")");
        const bool behindSource = at >= 0 && m_at - 1 > at && m_tokens.isAny(at, {"from", "join", "into", "update"}) && behindName;
        if (at >= 0 && !behindSource)
            expression();
        keywords();
    }

    void expression()
    {
        QHash<QString, int> times; // a name that two tables have is put in with its table
        QVector<std::pair<const Source *, QVector<ColumnName>>> all;
        for (const Source &source : m_scope.sources()) {
            all.append({&source, columnsOf(source)});
            QSet<QString> own;
            for (const ColumnName &column : all.constLast().second) {
                if (!own.contains(column.name))
                    ++times[column.name];
                own.insert(column.name);
            }
        }
        for (const auto &[source, columns] : all) {
            for (const ColumnName &column : columns) {
                const QString prefix = times.value(column.name) > 1 && !source->alias.isEmpty() ? pg::displayIdentifier(source->alias) + QLatin1Char('.') : QString();
                add(Suggestion::Kind::Column, column.name, column.type, prefix);
            }
        }
        for (const Source &source : m_scope.sources()) {
            if (!source.alias.isEmpty())
                add(Suggestion::Kind::Alias, source.alias, source.hasAlias ? source.relation.name : QStringLiteral("table"));
        }
        functions({});
        schemas();
    }

    void qualified()
    {
        const QString last = m_word.qualifiers.constLast();
        if (m_word.qualifiers.size() > 1)
            return columnsOf(RelationName{m_word.qualifiers.at(m_word.qualifiers.size() - 2), last});
        if (!wantsRelation(clause())) {
            for (const Source &source : m_scope.sources()) {
                if (source.alias != last)
                    continue;
                for (const ColumnName &column : columnsOf(source))
                    add(Suggestion::Kind::Column, column.name, column.type);
                return;
            }
        }
        if (m_from.names && m_from.names->schemas.contains(last)) {
            relations(last);
            functions(last);
        }
    }

    QVector<ColumnName> columnsOf(const Source &source) const
    {
        QVector<ColumnName> columns;
        for (const QString &output : source.outputs)
            columns.append({output, {}});
        if (!source.relation.name.isEmpty() && m_from.columns)
            columns += m_from.columns(source.relation).value_or(QVector<ColumnName>());
        return columns;
    }
    void columnsOf(const RelationName &relation)
    {
        for (const ColumnName &column : m_from.columns ? m_from.columns(relation).value_or(QVector<ColumnName>()) : QVector<ColumnName>())
            add(Suggestion::Kind::Column, column.name, column.type);
    }

    // Those found without a schema first; the system's own last.
    void entries(const QVector<CatalogNames::Entry> &all, Suggestion::Kind kind, const QString &schema)
    {
        const QString system = QStringLiteral("pg_catalog");
        const auto some = [&](auto &&which, bool prefixed) {
            for (const CatalogNames::Entry &entry : all) {
                if (m_found.size() >= mostSuggestions)
                    return;
                if (which(entry))
                    add(kind, entry.name, entry.detail, prefixed ? pg::displayIdentifier(entry.schema) + QLatin1Char('.') : QString());
            }
        };
        if (!schema.isEmpty())
            return some([&](const CatalogNames::Entry &entry) { return entry.schema == schema; }, false);
        some([&](const CatalogNames::Entry &entry) { return entry.onPath && entry.schema != system; }, false);
        some([&](const CatalogNames::Entry &entry) { return !entry.onPath; }, true);
        some([&](const CatalogNames::Entry &entry) { return entry.onPath && entry.schema == system; }, false);
    }
    void relations(const QString &schema)
    {
        if (m_from.names)
            entries(m_from.names->relations, Suggestion::Kind::Relation, schema);
    }
    void functions(const QString &schema)
    {
        if (m_from.names && (!m_word.typed.isEmpty() || !schema.isEmpty())) // thousands: only once a letter says which
            entries(m_from.names->functions, Suggestion::Kind::Function, schema);
    }
    void schemas()
    {
        for (const QString &schema : m_from.names ? m_from.names->schemas : QStringList())
            add(Suggestion::Kind::Schema, schema, QStringLiteral("schema"));
    }
    // As they are being written: in small letters, or in capitals.
    void keywords()
    {
        const bool small = m_word.typed.toUpper() != m_word.typed;
        for (const QByteArray &one : m_from.keywords) {
            const QString text = QString::fromLatin1(small ? one : one.toUpper());
            if (text.startsWith(m_word.typed, Qt::CaseInsensitive) && !m_words.contains(text.toLower()))
                m_found.append({Suggestion::Kind::Keyword, text, {}});
        }
    }

    void add(Suggestion::Kind kind, const QString &name, const QString &detail, const QString &prefix = {})
    {
        if (!name.startsWith(m_word.typed, Qt::CaseInsensitive))
            return;
        const QString text = prefix + pg::displayIdentifier(name);
        if (m_words.contains(text))
            return;
        m_words.insert(text);
        m_found.append({kind, text, detail});
    }

    const StatementTokens &m_tokens;
    const Scope m_scope;
    const int m_at;
    const Word &m_word;
    const CompletionSources &m_from;
    QVector<Suggestion> m_found;
    QSet<QString> m_words;
};

} // namespace

Completion complete(const QByteArray &whole, qsizetype cursor, const CompletionSources &sources)
{
    // A big text is cut at line ends: what is far away does not matter.
    qsizetype cut = cursor > mostText ? whole.indexOf('\n', cursor - mostText) + 1 : 0;
    if (cut > cursor)
        cut = cursor - mostText;
    const QByteArray text = whole.sliced(cut, qMin(whole.size(), cursor + mostText) - cut);
    const qsizetype at = cursor - cut;
    const std::vector<Token> tokens = lex(text);
    const Token *inside = nullptr;
    switch (placeOf(text, tokens, at, &inside)) {
    case Place::None: return {cursor, false, {}};
    case Place::Inner: {
        const qsizetype begin = text.indexOf('$', inside->begin + 1) + 1;
        if (begin <= 0 || begin > at)
            return {cursor, false, {}};
        const qsizetype tag = begin - inside->begin;
        const qsizetype end = inside->kind == Kind::DollarString ? inside->end - tag : inside->end;
        if (at > end)
            return {cursor, false, {}};
        Completion inner = complete(text.sliced(begin, end - begin), at - begin, sources);
        inner.begin += cut + begin;
        return inner;
    }
    case Place::Words: break;
    }
    const Word word = wordAt(text, tokens, at);
    // The statement, with spaces where the word and its qualifiers stand.
    qsizetype begin = 0, end = text.size();
    for (const Token &token : tokens) {
        const bool ends = token.kind == Kind::Command || token.kind == Kind::CopyData || (token.kind == Kind::Punctuation && text[token.begin] == ';');
        if (ends && token.end <= at)
            begin = token.end;
        else if (ends && token.begin >= at) {
            end = token.begin;
            break;
        }
    }
    QByteArray statement = text.sliced(begin, end - begin);
    for (qsizetype i = word.chain; i < word.end; ++i)
        statement[i - begin] = ' ';
    const StatementTokens words(statement);
    int next = 0;
    while (next < words.size() && words[next].begin < at - begin)
        ++next;
    return {word.begin + cut, !word.qualifiers.isEmpty(), Finder(words, next, word, sources).find()};
}

} // namespace howdah::query
