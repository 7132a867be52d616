// SPDX-License-Identifier: GPL-3.0-or-later
// health, verify
#include "ctl/ctl.h"
#include "health/health.h"

#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

static ExitCode exitCodeOf(health::Verdict verdict)
{
    switch (verdict) {
    case health::Verdict::Ok: return ExitCode::Success;
    case health::Verdict::Warning:
    case health::Verdict::Critical: return ExitCode::Findings;
    case health::Verdict::Unknown: break;
    }
    return ExitCode::NotPermitted; // nothing found, but not everything could be asked
}

static Result<Answer> readHealth(Ctl &ctl, bool detailed)
{
    auto connection = ctl.connect(Ctl::Link::Monitor);
    if (!connection)
        return fail(std::move(connection.error()));
    const auto report = health::readHealth(**connection, detailed, ctl.cancel());
    if (!report)
        return fail(report.error());
    QString text = u"%1 (%2)\n"_s.arg(health::verdictName(report->verdict), report->source);
    for (const QString &line : report->errors)
        text += u"critical: "_s + line + u'\n';
    for (const QString &line : report->warnings)
        text += u"warning: "_s + line + u'\n';
    for (const QString &line : report->notPermitted)
        text += u"not permitted: "_s + line + u'\n';
    return Answer{report->toJson(), text, exitCodeOf(report->verdict)};
}

static Result<Answer> verify(Ctl &ctl)
{
    auto connection = ctl.connect();
    if (!connection)
        return fail(std::move(connection.error()));
    const auto result = health::verify(**connection, ctl.cancel());
    if (!result)
        return fail(result.error());
    QString text;
    const QJsonArray checks = result->value("checks"_L1).toArray();
    for (const QJsonValue &entry : checks) {
        const QJsonObject check = entry.toObject();
        const QJsonValue ok = check.value("ok"_L1);
        const QString word = ok.isNull() ? u"unknown"_s : ok.toBool() ? u"ok"_s : u"FAILED"_s;
        text += u"%1 %2 %3"_s.arg(word.leftJustified(8), check.value("name"_L1).toString().leftJustified(36), check.value("found"_L1).toString());
        if (!ok.toBool())
            text += u"  (expected: %1)"_s.arg(check.value("expected"_L1).toString());
        text += u'\n';
    }
    const QJsonValue all = result->value("ok"_L1);
    // null: nothing failed, but not everything could be asked.
    return Answer{*result, text, all.isNull() ? ExitCode::NotPermitted : all.toBool() ? ExitCode::Success : ExitCode::Findings};
}

void addHealthVerbs(CLI::App &app, Ctl &ctl)
{
    CLI::App *healthVerb = app.add_subcommand("health", "Is the server well");
    auto detailed = std::make_shared<bool>(false);
    healthVerb->add_flag("--detailed", *detailed, "WAL, archive, autovacuum, wraparound, slots too");
    healthVerb->callback([&ctl, detailed] { ctl.choose([detailed](Ctl &c) { return readHealth(c, *detailed); }); });
    CLI::App *verifyVerb = app.add_subcommand("verify", "Is the server what the stack is meant to be: TLS only, roles, extensions, functions, archive, health");
    verifyVerb->callback([&ctl] { ctl.choose(verify); });
}

} // namespace howdah::ctl
