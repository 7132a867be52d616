// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"

namespace howdah
{

QString errorKindName(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Connection: return QStringLiteral("connection");
    case ErrorKind::Authentication: return QStringLiteral("authentication");
    case ErrorKind::Tls: return QStringLiteral("tls");
    case ErrorKind::Protocol: return QStringLiteral("protocol");
    case ErrorKind::Timeout: return QStringLiteral("timeout");
    case ErrorKind::Cancelled: return QStringLiteral("cancelled");
    case ErrorKind::Sql: return QStringLiteral("sql");
    case ErrorKind::Permission: return QStringLiteral("permission");
    case ErrorKind::Keychain: return QStringLiteral("keychain");
    case ErrorKind::Tool: return QStringLiteral("tool");
    case ErrorKind::Io: return QStringLiteral("io");
    case ErrorKind::Client: return QStringLiteral("client");
    }
    return QStringLiteral("client");
}

static void addSentence(QString &text, const QString &sentence)
{
    const QString trimmed = sentence.trimmed();
    if (trimmed.isEmpty())
        return;
    if (!text.endsWith(QLatin1Char('.')) && !text.endsWith(QLatin1Char('\n')))
        text += QLatin1Char('.');
    text += QLatin1Char(' ') + trimmed;
}

QString Error::text() const
{
    QString text = context.isEmpty() ? QString() : QString(context + QStringLiteral(": "));
    text += message.trimmed();
    if (!sqlstate.isEmpty())
        text += QStringLiteral(" (") + sqlstate + QLatin1Char(')');
    addSentence(text, detail);
    addSentence(text, hint);
    return text;
}

QJsonObject Error::toJson() const
{
    QJsonObject json{{QStringLiteral("kind"), errorKindName(kind)},
                     {QStringLiteral("reason"), reason},
                     {QStringLiteral("sqlstate"), sqlstate},
                     {QStringLiteral("message"), message}};
    if (!detail.isEmpty())
        json.insert(QStringLiteral("detail"), detail);
    if (!hint.isEmpty())
        json.insert(QStringLiteral("hint"), hint);
    if (!context.isEmpty())
        json.insert(QStringLiteral("context"), context);
    if (position > 0)
        json.insert(QStringLiteral("position"), position);
    return json;
}

Error Error::during(const QString &attempt) &&
{
    if (context.isEmpty())
        context = attempt;
    return std::move(*this);
}

} // namespace howdah
