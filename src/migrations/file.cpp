// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/file.h"

#include "query/hazards.h"
#include "query/lexer.h"

#include <QCryptographicHash>
#include <QRegularExpression>
#include <QStringDecoder>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

QByteArray normalised(QByteArray bytes)
{
    if (bytes.startsWith("\xEF\xBB\xBF"))
        bytes.remove(0, 3);
    bytes.replace("\r\n", "\n");
    return bytes;
}

tl::unexpected<Error> wrong(const QString &name, int line, const QString &reason, const QString &message, const QString &hint = {})
{
    return fail(ErrorKind::Client, reason, line > 0 ? u"%1, line %2: %3"_s.arg(name).arg(line).arg(message) : u"%1: %2"_s.arg(name, message), hint);
}

struct Directive {
    bool up = false;
    qsizetype begin = 0; // of its line
    qsizetype behind = 0;
    QString options;
};

// Lines, wherever they stand: dbmate looks for them with a regular expression and knows no strings.
std::vector<Directive> directivesOf(const QByteArray &text)
{
    static const QRegularExpression form(u"^--[ \\t]*migrate:(up|down)(?:[ \\t]+(\\S.*?))?[ \\t]*$"_s);
    std::vector<Directive> all;
    for (qsizetype begin = 0; begin < text.size();) {
        const qsizetype newline = text.indexOf('\n', begin), end = newline < 0 ? text.size() : newline;
        if (text.mid(begin, 2) == "--") {
            const auto match = form.match(QString::fromUtf8(text.mid(begin, end - begin)));
            if (match.hasMatch())
                all.push_back({match.captured(1) == "up"_L1, begin, std::min(end + 1, text.size()), match.captured(2)});
        }
        begin = end + 1;
    }
    return all;
}

int lineOf(const QByteArray &text, qsizetype offset)
{
    return 1 + int(text.first(std::min(offset, text.size())).count('\n'));
}

// Unknown keys are passed over, as dbmate does.
Done takeOptions(const QString &name, int line, const QString &options, Section &section)
{
    const QStringList pairs = options.split(u' ', Qt::SkipEmptyParts);
    for (const QString &pair : pairs) {
        const QString key = pair.section(u':', 0, 0), value = pair.section(u':', 1);
        if (key == "transaction"_L1) {
            if (value != "true"_L1 && value != "false"_L1)
                return wrong(name, line, u"bad_option"_s, u"transaction:%1 is neither true nor false"_s.arg(value));
            section.transaction = value == "true"_L1;
        } else if (key == "lock_timeout"_L1 || key == "statement_timeout"_L1) {
            const auto ms = milliseconds(value);
            if (!ms)
                return wrong(name, line, u"bad_option"_s, u"%1:%2 is no time"_s.arg(key, value), u"Such as 3s, 500ms, 10min, or 0 for none."_s);
            (key == "lock_timeout"_L1 ? section.lockTimeoutMs : section.statementTimeoutMs) = ms;
        }
    }
    return {};
}

Done takeStatements(const QString &name, Section &section)
{
    section.statements = query::split(section.text);
    for (const query::Piece &piece : section.statements) {
        const int line = section.line + piece.line - 1;
        if (piece.kind == query::Piece::Kind::Command || !piece.sender.isEmpty() || piece.several)
            return wrong(name, line, u"meta_command"_s, u"a command of psql can't be run here"_s, u"Write it as SQL, one statement after the other."_s);
        using Kind = query::Nature::Kind;
        const Kind kind = query::natureOf(piece.text).kind;
        if (kind == Kind::Begin || kind == Kind::Commit || kind == Kind::Rollback)
            return wrong(name, line, u"transaction_control"_s, u"a transaction is begun and ended by the run, so that the ledger stands in the same one"_s,
                         u"Leave it out; `-- migrate:up transaction:false` is for what can't run within one."_s);
    }
    return {};
}

// "-- Purpose: …", over the comment lines that follow it, up to an empty one or one that begins with another word and a colon.
QString commentOf(const QByteArray &text, const QString &word)
{
    const QRegularExpression head(u"^--\\s*%1:\\s*(.*)$"_s.arg(word), QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression other(u"^--\\s*[A-Za-z][\\w-]*:"_s);
    QStringList words;
    const QStringList lines = QString::fromUtf8(text).split(u'\n');
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const auto match = head.match(lines.at(i));
        if (!match.hasMatch())
            continue;
        words << match.captured(1).trimmed();
        for (qsizetype k = i + 1; k < lines.size() && lines.at(k).startsWith("--"_L1) && lines.at(k).trimmed().size() > 2 && !other.match(lines.at(k)).hasMatch(); ++k)
            words << lines.at(k).mid(2).trimmed();
        break;
    }
    return words.join(u' ').trimmed();
}

void addMeaning(QCryptographicHash &hash, const Section &section)
{
    hash.addData(QByteArrayView(section.transaction ? "transaction" : "none"));
    for (const query::Token &token : query::lex(section.text)) {
        if (token.isSpace())
            continue;
        hash.addData(QByteArrayView("\0", 1));
        hash.addData(QByteArrayView(section.text).sliced(token.begin, token.end - token.begin));
    }
    hash.addData(QByteArrayView("\0\0", 2));
}

} // namespace

std::optional<int> milliseconds(const QString &text)
{
    static const QRegularExpression form(u"^(\\d{1,7})(ms|s|min|h)?$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const QString unit = match.captured(2);
    const qint64 each = unit == "h"_L1 ? 3'600'000 : unit == "min"_L1 ? 60'000 : unit == "s"_L1 ? 1000 : 1;
    const qint64 ms = match.captured(1).toLongLong() * each;
    return ms <= std::numeric_limits<int>::max() ? std::optional(int(ms)) : std::nullopt;
}

bool isOlder(const QString &version, const QString &than)
{
    const auto digits = [](QString number) {
        while (number.size() > 1 && number.startsWith(u'0'))
            number.remove(0, 1);
        return number;
    };
    const QString one = digits(version), other = digits(than);
    return one.size() != other.size() ? one.size() < other.size() : one < other;
}

bool isMigrationName(const QString &name)
{
    static const QRegularExpression form(u"^\\d+.*\\.sql$"_s);
    return form.match(name).hasMatch();
}

bool File::isRepeatable() const
{
    return version.startsWith(QLatin1StringView(repeatablePrefix));
}

QString File::title() const
{
    if (isRepeatable())
        return name.chopped(4).replace(u'_', u' ').trimmed();
    return name.chopped(4).mid(version.size()).replace(u'_', u' ').trimmed();
}

int File::lineAt(qsizetype offset) const
{
    return lineOf(text, offset);
}

static Result<File> beginOf(const QString &name, const QString &version, const QByteArray &bytes)
{
    File file;
    file.name = name;
    file.version = version;
    file.text = normalised(bytes);
    QStringDecoder utf8(QStringDecoder::Utf8);
    (void)QString(utf8(file.text));
    if (utf8.hasError() || file.text.contains('\0'))
        return wrong(name, 0, u"bad_encoding"_s, u"it is not UTF-8"_s);
    return file;
}

static void addHashes(File &file)
{
    file.sha256 = QString::fromLatin1(QCryptographicHash::hash(file.text, QCryptographicHash::Sha256).toHex());
    QCryptographicHash meaning(QCryptographicHash::Sha256);
    addMeaning(meaning, file.up);
    addMeaning(meaning, file.down);
    file.meaning = QString::fromLatin1(meaning.result().toHex());
}

Result<File> parsePlain(const QString &name, const QString &version, const QByteArray &bytes)
{
    auto begun = beginOf(name, version, bytes);
    if (!begun)
        return begun;
    File file = *std::move(begun);
    file.up.text = file.text;
    if (Done taken = takeStatements(name, file.up); !taken)
        return fail(std::move(taken.error()));
    file.purpose = commentOf(file.text, u"purpose"_s);
    addHashes(file);
    return file;
}

Result<File> parseFile(const QString &name, const QByteArray &bytes)
{
    static const QRegularExpression digits(u"^\\d+"_s);
    if (!isMigrationName(name))
        return wrong(name, 0, u"bad_name"_s, u"the name of a migration begins with its version in digits and ends with .sql"_s);
    auto begun = beginOf(name, digits.match(name).captured(), bytes);
    if (!begun)
        return begun;
    File file = *std::move(begun);
    const std::vector<Directive> directives = directivesOf(file.text);
    const Directive *up = nullptr, *down = nullptr;
    for (const Directive &one : directives) {
        const Directive *&place = one.up ? up : down;
        if (place)
            return wrong(name, lineOf(file.text, one.begin), u"two_sections"_s, u"a second section of the same direction: dbmate leaves such a file half applied"_s,
                         u"Make it a file of its own."_s);
        place = &one;
    }
    if (!up)
        return wrong(name, 0, u"no_up"_s, u"it has no line `-- migrate:up`"_s);
    if (!down)
        return wrong(name, 0, u"no_down"_s, u"it has no line `-- migrate:down`"_s, u"Where there is no way back, say why in it: `-- irreversible: reason`."_s);
    if (down < up)
        return wrong(name, lineOf(file.text, down->begin), u"no_up"_s, u"`-- migrate:down` stands before `-- migrate:up`"_s);
    for (const query::Token &token : query::lex(QByteArrayView(file.text).first(up->begin))) {
        if (token.kind != query::Token::Kind::Space && token.kind != query::Token::Kind::LineComment)
            return wrong(name, lineOf(file.text, token.begin), u"before_up"_s, u"only comments of -- may stand before `-- migrate:up`"_s);
    }
    for (const auto &[directive, section] : {std::pair(up, &file.up), std::pair(down, &file.down)}) {
        const qsizetype end = directive == up ? down->begin : file.text.size();
        section->begin = directive->behind;
        section->text = file.text.mid(directive->behind, end - directive->behind);
        section->line = lineOf(file.text, directive->behind);
        if (Done taken = takeOptions(name, section->line - 1, directive->options, *section); !taken)
            return fail(std::move(taken.error()));
        if (Done taken = takeStatements(name, *section); !taken)
            return fail(std::move(taken.error()));
    }
    file.purpose = commentOf(file.text.first(up->begin), u"purpose"_s);
    file.irreversible = commentOf(file.down.text, u"irreversible"_s);
    addHashes(file);
    return file;
}

} // namespace howdah::migrations
