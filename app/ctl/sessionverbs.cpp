// SPDX-License-Identifier: GPL-3.0-or-later
// check
#include "ctl/ctl.h"

#include "base/units.h"
#include "session/check.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace howdah::ctl
{

QString factLines(const QJsonObject &json)
{
    QString text;
    for (auto it = json.begin(); it != json.end(); ++it) {
        const QJsonValue value = it.value();
        const QString shown = value.isBool() ? (value.toBool() ? QStringLiteral("yes") : QStringLiteral("no"))
            : value.isNull() ? QStringLiteral("none")
            : value.isArray() ? units::oneLine(QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact))) : value.toVariant().toString();
        text += it.key().leftJustified(16) + shown + QLatin1Char('\n');
    }
    return text;
}

static Result<Answer> check(Ctl &ctl)
{
    auto connection = ctl.connect();
    if (!connection)
        return fail(std::move(connection.error()));
    const QJsonObject report = session::linkReport(**connection);
    return Answer{report, factLines(report), ExitCode::Success};
}

void addSessionVerbs(CLI::App &app, Ctl &ctl)
{
    auto *checkVerb = app.add_subcommand("check", "Connect, and say how safe the link is");
    checkVerb->callback([&ctl] { ctl.choose(check); });
}

} // namespace howdah::ctl
