// SPDX-License-Identifier: GPL-3.0-or-later
// check
#include "ctl/ctl.h"

#include "base/units.h"
#include "session/check.h"
#include "session/checksteps.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <memory>

namespace howdah::ctl
{

QString factLines(const QJsonObject &json)
{
    QString text;
    qsizetype width = 14; // of the longest name
    for (const QString &key : json.keys())
        width = std::max(width, key.size());
    for (auto it = json.begin(); it != json.end(); ++it) {
        const QJsonValue value = it.value();
        const QString shown = value.isBool() ? (value.toBool() ? QStringLiteral("yes") : QStringLiteral("no"))
            : value.isNull() ? QStringLiteral("none")
            : value.isArray() ? units::oneLine(QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact))) : value.toVariant().toString();
        text += it.key().leftJustified(width + 2) + shown + QLatin1Char('\n');
    }
    return text;
}

static Result<Answer> check(Ctl &ctl, bool showSteps)
{
    if (!showSteps && !ctl.json) {
        auto connection = ctl.connect();
        if (!connection)
            return fail(std::move(connection.error()));
        return Answer{{}, factLines(session::linkReport(**connection)), ExitCode::Success};
    }
    auto target = ctl.target();
    if (!target)
        return fail(std::move(target.error()));
    const session::CheckReport report =
        session::checkBySteps(target->profile, [&ctl](const CancelToken &) { return ctl.connect(); }, showSteps, ctl.cancel());
    QJsonObject json = report.link;
    QString text = session::stepLines(report.steps);
    ExitCode exit = ExitCode::Success;
    if (report.error) {
        const Error &error = *report.error;
        exit = error.kind == ErrorKind::Cancelled ? ExitCode::Cancelled : error.kind == ErrorKind::Client ? ExitCode::Usage : ExitCode::NotConnected;
        json = {{QStringLiteral("error"), error.toJson()}};
        text += QLatin1Char('\n') + error.text() + QLatin1Char('\n');
    }
    json.insert(QStringLiteral("steps"), session::stepsToJson(report.steps));
    return Answer{json, text, exit};
}

void addSessionVerbs(CLI::App &app, Ctl &ctl)
{
    const auto steps = std::make_shared<bool>(false);
    auto *checkVerb = app.add_subcommand("check", "Connect, and say how safe the link is");
    checkVerb->add_flag("--steps", *steps, "Say how far each step came: resolve, TCP, TLS, authentication, role, version, privileges;\n"
                                           "TCP is tried by a link of its own. --json has the steps as well");
    checkVerb->callback([&ctl, steps] { ctl.choose([steps](Ctl &c) { return check(c, *steps); }); });
}

} // namespace howdah::ctl
