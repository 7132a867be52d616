// SPDX-License-Identifier: GPL-3.0-or-later
// A revision's file, read by its tokens. Only assignments of literals at the file's outermost level count; whatever else the file does is not looked at.
#include "migrations/foreignparts.h"

#include <vector>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

struct Token {
    enum class Kind { Name, String, Sign, LineEnd, End };
    Kind kind = Kind::End;
    QString text;
    bool outermost = false; // first of a statement that is not indented
};

bool isNamePart(QChar c)
{
    return c.isLetterOrNumber() || c == u'_';
}

// What a string of Python stands for, as far as names and docstrings need it.
QString unescaped(const QString &body)
{
    QString text;
    for (qsizetype i = 0; i < body.size(); ++i) {
        if (body.at(i) != u'\\' || i + 1 == body.size()) {
            text += body.at(i);
            continue;
        }
        const QChar next = body.at(++i);
        if (next == u'n')
            text += u'\n';
        else if (next == u't')
            text += u'\t';
        else if (next != u'\n')
            text += next;
    }
    return text;
}

class Tokens
{
public:
    explicit Tokens(const QByteArray &source) : m_text(QString::fromUtf8(source).replace(u"\r\n"_s, u"\n"_s)) { read(); }
    const std::vector<Token> &all() const { return m_all; }

private:
    void add(Token::Kind kind, const QString &text)
    {
        m_all.push_back({kind, text, m_atStart && m_lineStart == m_begin && m_depth == 0});
        m_atStart = kind == Token::Kind::LineEnd;
    }
    void read();
    bool string(); // at m_at, or at its prefix

    QString m_text;
    std::vector<Token> m_all;
    qsizetype m_at = 0;
    qsizetype m_begin = 0;     // of the token
    qsizetype m_lineStart = 0; // of its line
    int m_depth = 0;           // of brackets
    bool m_atStart = true;
};

bool Tokens::string()
{
    qsizetype at = m_at;
    bool raw = false;
    while (at < m_text.size() && at - m_at < 2 && QStringView(u"rRbBuUfF").contains(m_text.at(at))) {
        raw = raw || m_text.at(at).toLower() == u'r';
        ++at;
    }
    if (at >= m_text.size() || (m_text.at(at) != u'"' && m_text.at(at) != u'\''))
        return false;
    const QChar quote = m_text.at(at);
    const QString triple(3, quote);
    const bool isTriple = QStringView(m_text).sliced(at).startsWith(triple);
    at += isTriple ? 3 : 1;
    const qsizetype body = at;
    while (at < m_text.size()) {
        if (m_text.at(at) == u'\\')
            ++at;
        else if (isTriple ? QStringView(m_text).sliced(at).startsWith(triple) : m_text.at(at) == quote || m_text.at(at) == u'\n')
            break;
        ++at;
    }
    const QString inside = m_text.mid(body, std::min(at, m_text.size()) - body);
    m_at = std::min(at + (isTriple ? 3 : 1), m_text.size());
    add(Token::Kind::String, raw ? inside : unescaped(inside));
    return true;
}

void Tokens::read()
{
    while (m_at < m_text.size()) {
        const QChar c = m_text.at(m_at);
        m_begin = m_at;
        if (c == u'#') {
            while (m_at < m_text.size() && m_text.at(m_at) != u'\n')
                ++m_at;
        } else if (c == u'\n') {
            ++m_at;
            if (m_depth == 0 && !m_atStart)
                add(Token::Kind::LineEnd, {});
            m_lineStart = m_at;
        } else if (c == u'\\' && m_at + 1 < m_text.size() && m_text.at(m_at + 1) == u'\n') {
            m_at += 2; // the statement goes on
        } else if (c.isSpace() || c.unicode() == 0xfeff) {
            if (c.unicode() == 0xfeff && m_at == 0)
                m_lineStart = 1;
            ++m_at;
        } else if (!string()) {
            if (isNamePart(c)) {
                while (m_at < m_text.size() && isNamePart(m_text.at(m_at)))
                    ++m_at;
                add(Token::Kind::Name, m_text.mid(m_begin, m_at - m_begin));
            } else {
                ++m_at;
                add(Token::Kind::Sign, QString(c));
                m_depth += QStringView(u"([{").contains(c) ? 1 : QStringView(u")]}").contains(c) && m_depth > 0 ? -1 : 0;
            }
        }
    }
    m_begin = m_at;
    add(Token::Kind::LineEnd, {});
    add(Token::Kind::End, {});
}

// From `at`, behind the sign of equality: None, strings, a tuple or a list of them. Nothing: it is something else.
std::optional<QStringList> literal(const std::vector<Token> &tokens, size_t at)
{
    QStringList values;
    bool joined = false; // "a" "b" is one string
    for (; tokens[at].kind != Token::Kind::LineEnd && tokens[at].kind != Token::Kind::End; ++at) {
        const Token &token = tokens[at];
        if (token.kind == Token::Kind::String) {
            if (joined)
                values.last() += token.text;
            else
                values << token.text;
            joined = true;
            continue;
        }
        joined = false;
        const bool passes = (token.kind == Token::Kind::Name && token.text == "None"_L1) || (token.kind == Token::Kind::Sign && u"()[]{},;"_s.contains(token.text));
        if (!passes)
            return std::nullopt;
        if (token.text == ";"_L1)
            break;
    }
    return values;
}

} // namespace

AlembicRevision parseAlembicRevision(const QByteArray &source)
{
    AlembicRevision revision;
    const Tokens read(source);
    const std::vector<Token> &tokens = read.all();
    bool first = true;
    for (size_t i = 0; i < tokens.size(); ++i) {
        if (!tokens[i].outermost)
            continue;
        if (std::exchange(first, false) && tokens[i].kind == Token::Kind::String)
            revision.title = tokens[i].text.trimmed().section(u'\n', 0, 0).trimmed();
        const QString name = tokens[i].kind == Token::Kind::Name ? tokens[i].text : QString();
        if (name != "revision"_L1 && name != "down_revision"_L1 && name != "depends_on"_L1 && name != "branch_labels"_L1)
            continue;
        // An annotation may stand between: down_revision: Union[str, None] = None
        size_t equals = i + 1;
        while (tokens[equals].kind != Token::Kind::LineEnd && tokens[equals].kind != Token::Kind::End && tokens[equals].text != "="_L1)
            ++equals;
        if (tokens[equals].text != "="_L1 || (equals > i + 1 && tokens[i + 1].text != ":"_L1))
            continue;
        const auto values = literal(tokens, equals + 1);
        if (!values)
            revision.problem = u"%1 is computed there, which is not read"_s.arg(name);
        else if (name == "revision"_L1)
            revision.revision = values->value(0);
        else if (name == "down_revision"_L1)
            revision.down = *values;
        else if (name == "depends_on"_L1)
            revision.dependsOn = *values;
        else
            revision.labels = *values;
    }
    return revision;
}

} // namespace howdah::migrations
