// SPDX-License-Identifier: GPL-3.0-or-later
// Secrets in a statement's text, found by its tokens: a literal after PASSWORD and its kin, and what stands in literals and comments:
// connection strings, URLs, SCRAM and md5 verifiers, statements within statements. Text between them is left as it is, so that a statement
// from the history can be run again.
#include "session/changeplan.h"

#include <QRegularExpression>

namespace howdah::session
{

namespace
{

const QString stars = QStringLiteral("***");
constexpr int deepest = 6; // a statement in a literal of a statement in a function's body …

using Re = QRegularExpression;

// --- what stands inside a literal or a comment

const QString secretName = QStringLiteral("\\w*(?:password|passwd|passphrase|secret_access_key|api_key|access_token|auth_token)");

// What no statement has outside a literal: applied to any text.
QString maskedMarks(QString text)
{
    static const Re hint(QStringLiteral("://|scram-|md5|[?&]"), Re::CaseInsensitiveOption);
    if (!text.contains(hint))
        return text;
    // Up to the last @ of the run: a password with an @ in it must not leave its second half.
    static const Re url(QStringLiteral("([a-z][a-z0-9+.-]*://[^\\s:/?#@'\"]*):[^\\s'\"]*@"), Re::CaseInsensitiveOption);
    text.replace(url, QStringLiteral("\\1:***@"));
    static const Re query(QStringLiteral("([?&]%1=)[^&\\s'\"#]*").arg(secretName), Re::CaseInsensitiveOption);
    text.replace(query, QStringLiteral("\\1***"));
    static const Re scram(QStringLiteral("(SCRAM-SHA-256\\$)[0-9]+:[A-Za-z0-9+/=]+\\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+"));
    text.replace(scram, QStringLiteral("\\1***"));
    static const Re md5(QStringLiteral("\\bmd5[0-9a-f]{32}\\b"));
    text.replace(md5, QStringLiteral("md5***"));
    return text;
}

// In a literal, a comment or a psql command "password=x" is no comparison.
QString maskedWords(QString text)
{
    static const Re hint(QStringLiteral("pass|://|scram-|md5|secret|_key|token|-u|--user"), Re::CaseInsensitiveOption);
    if (!text.contains(hint))
        return text;
    text = maskedMarks(text);
    // A value that is a placeholder (%L, $1, :name) or masked already says nothing.
    static const Re conninfo(QStringLiteral("(?<![?&\\w])(%1\\s*=\\s*)(?!\\*\\*\\*|%[sLI]|\\$\\d|:\\w|:'|$)"
                                            "(?:'(?:[^'\\\\]|\\\\.)*'?|\"[^\"]*\"?|(?:\\\\.|[^\\s])+)")
                                 .arg(secretName),
                             Re::CaseInsensitiveOption | Re::DotMatchesEverythingOption);
    text.replace(conninfo, QStringLiteral("\\1***"));
    static const Re json(QStringLiteral("(\"%1\"\\s*:\\s*)\"(?:[^\"\\\\]|\\\\.)*\"?").arg(secretName), Re::CaseInsensitiveOption);
    text.replace(json, QStringLiteral("\\1\"***\""));
    static const Re curl(QStringLiteral("((?:^|\\s)(?:-u|--user)[ =]?[^\\s:]+):[^\\s]+"));
    text.replace(curl, QStringLiteral("\\1:***"));
    return text;
}

// --- tokens

struct Piece {
    enum class Kind { Space, Comment, Word, Literal, Dollar, Sign };
    Kind kind = Kind::Sign;
    qsizetype begin = 0;
    qsizetype end = 0;
    qsizetype bodyBegin = 0; // of a literal: what is between its quotes
    qsizetype bodyEnd = 0;
    bool escapes = false;    // E'…'
};

bool isWordStart(QChar c)
{
    return c.isLetter() || c == QLatin1Char('_') || c.unicode() >= 0x80;
}

bool isWordPart(QChar c)
{
    return isWordStart(c) || c.isDigit() || c == QLatin1Char('$');
}

class Scanner
{
public:
    explicit Scanner(QStringView text) : m_text(text) {}

    std::vector<Piece> pieces()
    {
        std::vector<Piece> all;
        while (m_at < m_text.size())
            all.push_back(next());
        return all;
    }

private:
    QChar at(qsizetype i) const { return i < m_text.size() ? m_text.at(i) : QChar(); }

    Piece next()
    {
        const qsizetype begin = m_at;
        const QChar c = at(m_at);
        if (c.isSpace()) {
            while (m_at < m_text.size() && at(m_at).isSpace())
                ++m_at;
            return {Piece::Kind::Space, begin, m_at, 0, 0, false};
        }
        if (c == QLatin1Char('-') && at(m_at + 1) == QLatin1Char('-')) {
            while (m_at < m_text.size() && at(m_at) != QLatin1Char('\n'))
                ++m_at;
            return {Piece::Kind::Comment, begin, m_at, 0, 0, false};
        }
        if (c == QLatin1Char('/') && at(m_at + 1) == QLatin1Char('*'))
            return comment();
        if (c == QLatin1Char('\''))
            return literal(begin, false);
        if (c == QLatin1Char('"')) {
            const qsizetype end = m_text.indexOf(QLatin1Char('"'), m_at + 1);
            m_at = end < 0 ? m_text.size() : end + 1;
            return {Piece::Kind::Word, begin, m_at, 0, 0, false};
        }
        if (c == QLatin1Char('$')) {
            if (const auto dollar = dollarLiteral())
                return *dollar;
        }
        if (isWordStart(c)) {
            while (m_at < m_text.size() && isWordPart(at(m_at)))
                ++m_at;
            return wordOrLiteral(begin);
        }
        ++m_at;
        // A number's letters are no word.
        if (c.isDigit())
            while (m_at < m_text.size() && (isWordPart(at(m_at)) || at(m_at) == QLatin1Char('.')))
                ++m_at;
        return {Piece::Kind::Sign, begin, m_at, 0, 0, false};
    }

    Piece comment()
    {
        const qsizetype begin = m_at;
        int depth = 0;
        while (m_at < m_text.size()) {
            if (at(m_at) == QLatin1Char('/') && at(m_at + 1) == QLatin1Char('*')) {
                ++depth;
                m_at += 2;
            } else if (at(m_at) == QLatin1Char('*') && at(m_at + 1) == QLatin1Char('/')) {
                m_at += 2;
                if (--depth == 0)
                    break;
            } else {
                ++m_at;
            }
        }
        m_at = qMin(m_at, m_text.size());
        return {Piece::Kind::Comment, begin, m_at, 0, 0, false};
    }

    // E'…', B'…', X'…', N'…', U&'…': the letter belongs to the literal.
    Piece wordOrLiteral(qsizetype begin)
    {
        if (m_at - begin == 1) {
            const char16_t letter = m_text.at(begin).toLower().unicode();
            if (at(m_at) == QLatin1Char('\'') && QStringView(u"ebxn").contains(QChar(letter)))
                return literal(begin, letter == u'e');
            if (letter == u'u' && at(m_at) == QLatin1Char('&') && at(m_at + 1) == QLatin1Char('\'')) {
                ++m_at;
                return literal(begin, false);
            }
        }
        return {Piece::Kind::Word, begin, m_at, 0, 0, false};
    }

    Piece literal(qsizetype begin, bool escapes)
    {
        const qsizetype body = ++m_at;
        for (; m_at < m_text.size(); ++m_at) {
            if (escapes && at(m_at) == QLatin1Char('\\')) {
                ++m_at;
            } else if (at(m_at) == QLatin1Char('\'')) {
                if (at(m_at + 1) != QLatin1Char('\''))
                    break;
                ++m_at;
            }
        }
        const qsizetype end = qMin(m_at, m_text.size());
        m_at = qMin(m_at + 1, m_text.size());
        return {Piece::Kind::Literal, begin, m_at, body, end, escapes};
    }

    std::optional<Piece> dollarLiteral()
    {
        const qsizetype begin = m_at;
        qsizetype i = m_at + 1;
        if (at(i).isDigit()) // $1
            return std::nullopt;
        while (i < m_text.size() && isWordPart(at(i)) && at(i) != QLatin1Char('$'))
            ++i;
        if (at(i) != QLatin1Char('$'))
            return std::nullopt;
        const QStringView tag = m_text.mid(begin, i + 1 - begin);
        const qsizetype end = m_text.indexOf(tag, i + 1);
        m_at = end < 0 ? m_text.size() : end + tag.size();
        return Piece{Piece::Kind::Dollar, begin, m_at, i + 1, end < 0 ? m_text.size() : end, false};
    }

    QStringView m_text;
    qsizetype m_at = 0;
};

// --- statements

bool isSecretName(QStringView word)
{
    if (word.startsWith(QLatin1Char('"')))
        word = word.mid(1, word.size() - 2);
    for (const auto *end : {"password", "passwd", "passphrase", "secret_access_key", "api_key", "access_token", "auth_token"}) {
        if (word.endsWith(QLatin1StringView(end), Qt::CaseInsensitive))
            return true;
    }
    return false;
}

// Functions of pgcrypto whose literals are keys or passwords.
bool takesSecrets(QStringView word)
{
    for (const auto *name : {"crypt", "pgp_sym_encrypt", "pgp_sym_decrypt", "pgp_sym_encrypt_bytea", "pgp_sym_decrypt_bytea", "pgp_pub_decrypt",
                             "pgp_pub_decrypt_bytea", "hmac", "encrypt", "decrypt", "encrypt_iv", "decrypt_iv"}) {
        if (word.compare(QLatin1StringView(name), Qt::CaseInsensitive) == 0)
            return true;
    }
    return false;
}

enum class Within { Statement, Literal };
QString maskedText(const QString &text, Within within, int depth);

QString maskedLiteral(QStringView whole, const Piece &piece, int depth)
{
    const QStringView before = whole.left(piece.bodyBegin - piece.begin);
    const QStringView after = whole.mid(piece.bodyEnd - piece.begin);
    const QString body = whole.mid(before.size(), piece.bodyEnd - piece.bodyBegin).toString();
    if (piece.kind == Piece::Kind::Dollar) {
        // A function's body, mostly; "host=…" begins none.
        static const Re conninfo(QStringLiteral("^\\s*\\w+\\s*="));
        return before + maskedText(body, body.contains(conninfo) ? Within::Literal : Within::Statement, depth + 1) + after;
    }
    QString inner = body;
    if (piece.escapes)
        inner.replace(QLatin1StringView("\\'"), QLatin1StringView("'"));
    inner.replace(QLatin1StringView("''"), QLatin1StringView("'"));
    QString text = maskedText(inner, Within::Literal, depth + 1);
    if (text == inner)
        return whole.toString();
    text.replace(QLatin1Char('\''), QLatin1StringView("''"));
    return before + text + after;
}

// One walk over the tokens; what a token means depends on the few before it.
class Masker
{
public:
    explicit Masker(const QString &text, int depth) : m_text(text), m_depth(depth), m_pieces(Scanner(text).pieces()) {}

    QString text()
    {
        for (m_i = 0; m_i < m_pieces.size(); ++m_i) {
            const Piece &piece = m_pieces[m_i];
            const QStringView whole = QStringView(m_text).mid(piece.begin, piece.end - piece.begin);
            switch (piece.kind) {
            case Piece::Kind::Space: m_out += whole; break;
            case Piece::Kind::Comment: m_out += maskedWords(whole.toString()); break;
            case Piece::Kind::Literal:
            case Piece::Kind::Dollar: literal(piece, whole); break;
            case Piece::Kind::Word: word(whole); break;
            case Piece::Kind::Sign: sign(whole); break;
            }
        }
        return m_out;
    }

private:
    void literal(const Piece &piece, QStringView whole)
    {
        if (m_secret || m_goesOn || m_call > 0) {
            m_out += QLatin1Char('\'') + stars + QLatin1Char('\'');
            skipBackslashed(piece);
            m_goesOn = m_secret || m_goesOn;
        } else {
            m_out += maskedLiteral(whole, piece, m_depth);
        }
        m_secret = false;
        m_first = false;
    }

    // 'a\'b' where a server still takes backslashes: to that server the literal ends later.
    void skipBackslashed(const Piece &piece)
    {
        const bool backslash = piece.kind == Piece::Kind::Literal && piece.bodyEnd > piece.bodyBegin && m_text.at(piece.bodyEnd - 1) == QLatin1Char('\\');
        if (!backslash || m_i + 1 >= m_pieces.size() || m_pieces[m_i + 1].kind == Piece::Kind::Space
            || (m_pieces[m_i + 1].kind == Piece::Kind::Sign && QStringView(u";,)").contains(m_text.at(piece.end))))
            return;
        const qsizetype end = m_text.indexOf(QLatin1Char('\''), piece.end);
        while (m_i + 1 < m_pieces.size() && (end < 0 || m_pieces[m_i + 1].begin <= end))
            ++m_i;
    }

    void word(QStringView whole)
    {
        const auto is = [&](const char *what) { return whole.compare(QLatin1StringView(what), Qt::CaseInsensitive) == 0; };
        m_goesOn = false;
        if (m_first) {
            m_setting = is("set");
            m_altering = is("alter");
        } else if (m_altering && is("set")) {
            m_setting = true;
        }
        m_first = false;
        m_callBegins = takesSecrets(whole);
        if (m_secret && m_setting && is("to")) {
            m_out += whole;
        } else if (m_secret && m_setting && m_assigned) {
            m_out += stars; // SET app.password = hunter2
            m_secret = false;
        } else {
            m_out += whole;
            m_secret = isSecretName(whole);
        }
        m_assigned = m_secret && is("to");
    }

    void sign(QStringView whole)
    {
        const QChar sign = whole.at(0);
        m_goesOn = false;
        m_first = false;
        if (sign == QLatin1Char('\\')) { // a psql command, to the end of its line
            const qsizetype begin = m_pieces[m_i].begin;
            qsizetype end = m_text.indexOf(QLatin1Char('\n'), begin);
            end = end < 0 ? m_text.size() : end;
            m_out += maskedWords(m_text.mid(begin, end - begin));
            while (m_i + 1 < m_pieces.size() && m_pieces[m_i + 1].begin < end)
                ++m_i;
            if (const qsizetype last = m_pieces[m_i].end; last > end)
                m_out += QStringView(m_text).mid(end, last - end);
            m_first = true;
            m_secret = false;
            return;
        }
        if (m_secret && m_setting && m_assigned && sign.isDigit()) {
            m_out += stars;
            m_secret = false;
            return;
        }
        m_out += whole;
        if (m_call > 0 || m_callBegins)
            m_call += sign == QLatin1Char('(') ? 1 : sign == QLatin1Char(')') ? -1 : 0;
        m_callBegins = false;
        m_assigned = m_secret && sign == QLatin1Char('=');
        const bool compares = QStringView(u"=<>!~:").contains(sign);
        // :'name' is psql's variable, not a literal.
        const bool variable = sign == QLatin1Char(':') && m_i + 1 < m_pieces.size() && m_pieces[m_i + 1].kind == Piece::Kind::Literal;
        if (!compares || variable)
            m_secret = false;
        if (sign == QLatin1Char(';')) {
            m_first = true;
            m_setting = m_altering = false;
            m_call = 0;
        }
    }

    const QString &m_text;
    const int m_depth;
    std::vector<Piece> m_pieces;
    size_t m_i = 0;
    QString m_out;
    bool m_secret = false;     // a literal here is one: after PASSWORD, and after = or => that follow it
    bool m_goesOn = false;     // a literal just was one: 'a' <line end> 'b' is its second half
    bool m_first = true;       // of the statement
    bool m_altering = false;   // ALTER …
    bool m_setting = false;    // SET …: a bare word is a value, too
    bool m_assigned = false;
    int m_call = 0;            // open parentheses of crypt( … )
    bool m_callBegins = false;
};

QString maskedText(const QString &text, Within within, int depth)
{
    const QString out = depth > deepest ? text : Masker(text, depth).text();
    return within == Within::Literal ? maskedWords(out) : maskedMarks(out);
}

} // namespace

QString masked(const QString &sql)
{
    return maskedText(sql, Within::Statement, 0);
}

QString maskedLog(const QString &log)
{
    // Before the lines are taken apart: a statement's go on with a tab in stderr's format, with \\n in JSON's.
    static const Re literal(QStringLiteral("\\b(password|passwd)((?:\\s|\\\\[nrt])+)(?:e|u&)?(?:'(?:[^']|'')*(?:'|$)|\\$(\\w*)\\$.*?(?:\\$\\3\\$|$))"), Re::CaseInsensitiveOption | Re::DotMatchesEverythingOption);
    QString text = log;
    text.replace(literal, QStringLiteral("\\1\\2'***'"));
    QStringList lines = text.split(QLatin1Char('\n'));
    for (QString &line : lines)
        line = maskedValue(line);
    return lines.join(QLatin1Char('\n'));
}

QString maskedValue(const QString &value)
{
    // A connection string's quotes are libpq's, where \' ends none; no statement begins like one.
    static const Re conninfo(QStringLiteral("^\\s*\\w+\\s*="));
    return maskedText(value.contains(conninfo) ? maskedWords(value) : value, Within::Literal, 0);
}

} // namespace howdah::session
