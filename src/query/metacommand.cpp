// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/metacommand.h"

#include "query/scan.h"
#include "query/statement.h"

namespace howdah::query
{

namespace
{
// The arguments of one command line.
class Arguments
{
public:
    Arguments(const QString &text, const Variables &variables) : m_text(text), m_variables(variables) {}

    Result<QStringList> all()
    {
        QStringList list;
        for (;;) {
            while (m_at < m_text.size() && m_text[m_at].isSpace())
                ++m_at;
            if (m_at >= m_text.size())
                return list;
            auto argument = next();
            if (!argument)
                return fail(std::move(argument.error()));
            list << *argument;
        }
    }

private:
    Result<QString> next();
    Done quoted(QString &into);

    const QString m_text;
    const Variables &m_variables;
    qsizetype m_at = 0;
};

Result<QString> Arguments::next()
{
    QString argument;
    while (m_at < m_text.size() && !m_text[m_at].isSpace()) {
        const QChar c = m_text[m_at];
        if (c == QLatin1Char('`'))
            return fail(ErrorKind::Client, QStringLiteral("shell_refused"), QStringLiteral("Howdah starts no shell: `…` in a backslash command is not run"));
        if (c == QLatin1Char('\'')) {
            if (Done done = quoted(argument); !done)
                return fail(std::move(done.error()));
        } else if (c == QLatin1Char('"')) {
            const qsizetype end = m_text.indexOf(QLatin1Char('"'), m_at + 1);
            if (end < 0)
                return fail(ErrorKind::Client, QStringLiteral("unterminated_quote"), QStringLiteral("unterminated quoted string"));
            argument += m_text.mid(m_at, end + 1 - m_at);
            m_at = end + 1;
        } else if (c == QLatin1Char(':')) {
            const QByteArray rest = m_text.mid(m_at).toUtf8();
            const Token token = scanToken(rest, 0, true);
            const QString part = QString::fromUtf8(rest.left(token.end));
            auto value = interpolateArgument(part, m_variables);
            if (!value)
                return value;
            argument += *value;
            m_at += part.size();
        } else {
            argument += c;
            ++m_at;
        }
    }
    return argument;
}

Done Arguments::quoted(QString &into)
{
    for (++m_at; m_at < m_text.size(); ++m_at) {
        const QChar c = m_text[m_at];
        if (c == QLatin1Char('\'')) {
            if (m_at + 1 < m_text.size() && m_text[m_at + 1] == QLatin1Char('\'')) {
                into += c;
                ++m_at;
                continue;
            }
            ++m_at;
            return {};
        }
        if (c != QLatin1Char('\\') || m_at + 1 >= m_text.size()) {
            into += c;
            continue;
        }
        const QChar escaped = m_text[++m_at];
        const auto number = [&](int base, qsizetype from, qsizetype longest) {
            qsizetype end = from;
            int value = 0;
            for (; end < m_text.size() && end < from + longest; ++end) {
                const QChar ch = m_text[end].toLower();
                const int digit = ch.isDigit() ? ch.digitValue() : ch >= QLatin1Char('a') && ch <= QLatin1Char('f') ? ch.unicode() - 'a' + 10 : 99;
                if (digit >= base)
                    break;
                value = value * base + digit;
            }
            m_at = end - 1;
            return QChar(ushort(value & 0xff));
        };
        switch (escaped.unicode()) {
        case 'n': into += QLatin1Char('\n'); break;
        case 't': into += QLatin1Char('\t'); break;
        case 'b': into += QLatin1Char('\b'); break;
        case 'r': into += QLatin1Char('\r'); break;
        case 'f': into += QLatin1Char('\f'); break;
        case 'x': into += number(16, m_at + 1, 2); break;
        default: into += escaped >= QLatin1Char('0') && escaped <= QLatin1Char('7') ? number(8, m_at, 3) : escaped;
        }
    }
    return fail(ErrorKind::Client, QStringLiteral("unterminated_quote"), QStringLiteral("unterminated quoted string"));
}

tl::unexpected<Error> badCopy()
{
    return fail(ErrorKind::Client, QStringLiteral("bad_command"), QStringLiteral("\\copy: not understood"),
                QStringLiteral("\\copy {table [(columns)] | (query)} {from | to} {'file' | stdin | stdout} [with …]"));
}
} // namespace

Result<Metacommand> parseMetacommand(const QByteArray &text, const Variables &variables)
{
    const QByteArrayView name = commandName(text);
    Metacommand command{QString::fromUtf8(name), {}, QString::fromUtf8(text.mid(1 + name.size())).trimmed()};
    // These take the line as it stands.
    static const QStringList wholeLine{QStringLiteral("copy"), QStringLiteral("!"), QStringLiteral("h"), QStringLiteral("help"), QStringLiteral("sf"), QStringLiteral("sv")};
    if (wholeLine.contains(command.name))
        return command;
    auto arguments = Arguments(command.rest, variables).all();
    if (!arguments)
        return fail(std::move(arguments.error()));
    command.arguments = std::move(*arguments);
    return command;
}

Result<CopyCommand> parseCopy(const QString &rest)
{
    const QByteArray text = rest.toUtf8();
    const StatementTokens tokens(text);
    const int direction = tokens.find(0, tokens.size(), {"from", "to"});
    if (direction < 1)
        return badCopy();
    CopyCommand copy;
    copy.from = tokens.is(direction, "from");
    int place = direction + 1;
    if (place >= tokens.size())
        return badCopy();
    qsizetype behind = tokens[place].end;
    if (tokens.is(place, "program")) {
        return fail(ErrorKind::Client, QStringLiteral("program_refused"), QStringLiteral("\\copy: Howdah starts no program from a script"),
                    QStringLiteral("Write to a file, or use COPY … TO STDOUT with howdahctl query and a pipe"));
    }
    if (tokens.is(place, copy.from ? "stdin" : "stdout")) {
        copy.place = copy.from ? CopyCommand::Place::Script : CopyCommand::Place::Terminal;
    } else if (tokens.is(place, copy.from ? "pstdin" : "pstdout")) {
        copy.place = CopyCommand::Place::Terminal;
    } else if (tokens[place].kind == Token::Kind::String) {
        auto parsed = parseMetacommand("\\f " + tokens.text(place), {});
        if (!parsed)
            return fail(std::move(parsed.error()));
        copy.file = parsed->arguments.value(0);
    } else {
        // Without quotes a name goes on to the next space.
        const qsizetype begin = tokens[place].begin;
        behind = begin;
        while (behind < text.size() && quint8(text[behind]) > ' ')
            ++behind;
        copy.file = QString::fromUtf8(text.mid(begin, behind - begin));
    }
    QByteArray options = text.mid(behind).trimmed();
    if (options.endsWith(';'))
        options.chop(1);
    copy.statement = "COPY " + text.left(tokens[direction].begin) + (copy.from ? "FROM STDIN " : "TO STDOUT ") + options;
    return copy;
}

std::optional<bool> switchValue(const QString &text)
{
    const QString value = text.toLower();
    if (value.isEmpty())
        return {};
    for (const auto *word : {"true", "yes", "on", "1"}) {
        if (QLatin1StringView(word).startsWith(value) && value != QLatin1StringView("o"))
            return true;
    }
    for (const auto *word : {"false", "no", "off", "0"}) {
        if (QLatin1StringView(word).startsWith(value) && value != QLatin1StringView("o"))
            return false;
    }
    return {};
}

NamePattern namePattern(const QString &pattern)
{
    NamePattern result;
    if (pattern.isEmpty())
        return result;
    QString part;
    const auto anchored = [](const QString &text) { return QString(QStringLiteral("^(") + text + QStringLiteral(")$")).toUtf8(); };
    bool quoted = false;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        const QChar c = pattern[i];
        if (c == QLatin1Char('"')) {
            if (quoted && i + 1 < pattern.size() && pattern[i + 1] == QLatin1Char('"')) {
                part += c;
                ++i;
            } else {
                quoted = !quoted;
            }
        } else if (!quoted && c == QLatin1Char('*')) {
            part += QStringLiteral(".*");
        } else if (!quoted && c == QLatin1Char('?')) {
            part += QLatin1Char('.');
        } else if (!quoted && c == QLatin1Char('.')) {
            result.schema = anchored(part);
            part.clear();
        } else if (c == QLatin1Char('$') || (quoted && QStringLiteral("|*+?()[]{}.^\\").contains(c))) {
            part += QLatin1Char('\\');
            part += c;
        } else {
            part += quoted ? c : c.toLower();
        }
    }
    if (!part.isEmpty() || !result.schema)
        result.name = anchored(part);
    return result;
}

} // namespace howdah::query
