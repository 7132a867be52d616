// SPDX-License-Identifier: GPL-3.0-or-later
#include "statements/owntexts.h"

#include "pg/statement.h"
#include "query/lexer.h"

#include <QCryptographicHash>
#include <QRegularExpression>
#include <QSet>

namespace howdah::statements
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype longest = 40'000; // of our files

// What is left of a text once everything is gone that the server may write otherwise: constants become $1 with their sign, lists of them shrink
// to one, without the casts that stood in them; true, false, NULL and the field of an extract() are constants too.
QByteArray fingerprint(const QByteArray &text)
{
    using Kind = query::Token::Kind;
    QCryptographicHash hash(QCryptographicHash::Md5);
    enum class Cast { None, Name, Dot } cast = Cast::None; // what of a type's name may come
    for (const query::Token &token : query::lex(text)) {
        if (token.isSpace() || token.kind == Kind::Number || token.kind == Kind::String || token.kind == Kind::DollarString || token.kind == Kind::Parameter)
            continue;
        const QByteArray word = text.mid(token.begin, token.end - token.begin).toLower();
        if (word == "::") {
            cast = Cast::Name;
            continue;
        }
        if (cast == Cast::Name && (token.kind == Kind::Word || token.kind == Kind::QuotedName)) {
            cast = Cast::Dot;
            continue;
        }
        cast = cast == Cast::Dot && word == "." ? Cast::Name : Cast::None;
        if (cast == Cast::Name)
            continue;
        static const QSet<QByteArray> constants{"true", "false", "null", "all", "epoch", ",", "-", "e", ";"};
        if (constants.contains(word))
            continue;
        hash.addData(word);
        hash.addData(QByteArrayView(" "));
    }
    return hash.result();
}

const QSet<QByteArray> &ownFingerprints()
{
    static const QSet<QByteArray> all = [] {
        QSet<QByteArray> prints;
        static const QRegularExpression variant(u"^(.*)\\.v(\\d+)$"_s);
        constexpr int newest = 400001;
        for (const QString &name : pg::sqlFileNames()) {
            if (name.startsWith("store/"_L1))
                continue;
            const auto older = variant.match(name);
            const auto statement = older.hasMatch() ? pg::sqlFile(older.captured(1), older.captured(2).toInt() * 10000 + 1) : pg::sqlFile(name, newest);
            // A word or two (BEGIN, SHOW x) is anybody's.
            constexpr qsizetype telling = 60;
            if (statement && statement->text.size() > telling)
                prints.insert(fingerprint(statement->text));
        }
        return prints;
    }();
    return all;
}

} // namespace

bool isOwnText(const QString &text)
{
    static const QRegularExpression marked(u"^\\w+ /\\* howdah \\*/ "_s);
    if (marked.match(text).hasMatch())
        return true;
    return text.size() <= longest && ownFingerprints().contains(fingerprint(text.toUtf8()));
}

} // namespace howdah::statements
