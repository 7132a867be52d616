// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/quote.h"

#include <QRegularExpression>

namespace howdah::pg
{

// Lone surrogates would leave as U+FFFD, another name than the one meant.
static bool isCleanText(const QString &text)
{
    return text.isValidUtf16() && !text.contains(QChar(u'\0'));
}

Result<QByteArray> quoteIdentifier(const QString &name)
{
    const QByteArray bytes = name.toUtf8();
    if (bytes.isEmpty() || !isCleanText(name) || bytes.size() > 63)
        return fail(ErrorKind::Client, QStringLiteral("bad_identifier"),
                    bytes.size() > 63 ? QStringLiteral("A name has at most 63 bytes, this one has %1").arg(bytes.size())
                                      : QStringLiteral("A name can't be empty, hold a NUL or broken characters"));
    QByteArray quoted = bytes;
    quoted.replace('"', "\"\"");
    return QByteArray('"' + quoted + '"');
}

Result<QByteArray> quoteLiteral(const QString &text)
{
    if (!isCleanText(text))
        return fail(ErrorKind::Client, QStringLiteral("bad_literal"), QStringLiteral("A text can't hold a NUL or broken characters"));
    QByteArray quoted = text.toUtf8();
    quoted.replace('\'', "''");
    if (!quoted.contains('\\'))
        return QByteArray('\'' + quoted + '\'');
    quoted.replace('\\', "\\\\");
    return QByteArray("E'" + quoted + '\'');
}

QString displayIdentifier(const QString &name)
{
    // The reserved words of PostgreSQL 18 (pg_get_keywords(), catcode R or T).
    static const QStringList reserved = QStringLiteral(
        "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column "
        "concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp "
        "current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having "
        "ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not "
        "notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar "
        "some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window with")
                                           .split(QLatin1Char(' '));
    static const QRegularExpression plain(QStringLiteral("\\A[a-z_][a-z0-9_$]*\\z"));
    if (plain.match(name).hasMatch() && !reserved.contains(name))
        return name;
    QString quoted = name;
    quoted.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') + quoted + QLatin1Char('"');
}

QString commentLine(const QString &text)
{
    QString line = text;
    for (QChar &one : line) {
        if (one.category() == QChar::Other_Control || one.category() == QChar::Separator_Line || one.category() == QChar::Separator_Paragraph)
            one = QLatin1Char(' ');
    }
    return QStringLiteral("-- ") + line.trimmed();
}

} // namespace howdah::pg
