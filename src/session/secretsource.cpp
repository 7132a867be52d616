// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/secretsource.h"

#include "tool/process.h"

#include <QFileInfo>
#include <QProcessEnvironment>

#include <algorithm>

#include <string.h>

namespace howdah::session
{

namespace
{
constexpr int deadlineMs = 30'000;
constexpr qsizetype longestSecret = 64 << 10; // a token with many claims has a few KB

// What password managers and the clouds' programs need beyond what every program gets: their agents, their displays, their profiles.
QStringList environmentOfSecrets()
{
    static const QStringList names{QStringLiteral("SSH_AUTH_SOCK"), QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), QStringLiteral("DISPLAY"),
                                   QStringLiteral("WAYLAND_DISPLAY"), QStringLiteral("XAUTHORITY"), QStringLiteral("GNUPGHOME"),
                                   QStringLiteral("KRB5CCNAME"), QStringLiteral("PASSWORD_STORE_DIR")};
    static const QStringList families{QStringLiteral("AWS_"), QStringLiteral("AZURE_"), QStringLiteral("CLOUDSDK_"), QStringLiteral("GOOGLE_"),
                                      QStringLiteral("VAULT_"), QStringLiteral("OP_")};
    QStringList kept;
    const QStringList all = QProcessEnvironment::systemEnvironment().toStringList();
    for (const QString &entry : all) {
        const QString name = entry.section(QLatin1Char('='), 0, 0);
        if (names.contains(name) || std::any_of(families.begin(), families.end(), [&](const QString &family) { return name.startsWith(family); }))
            kept << entry;
    }
    return kept;
}
} // namespace

QStringList passwordCommandFor(const Profile &profile, const QString &role)
{
    QStringList words;
    for (const QString &word : profile.passwordCommand) {
        QString filled;
        for (qsizetype i = 0; i < word.size(); ++i) {
            const QChar next = i + 1 < word.size() ? word.at(i + 1) : QChar();
            if (word.at(i) != QLatin1Char('%') || !QStringLiteral("hpdr%").contains(next)) {
                filled += word.at(i);
                continue;
            }
            ++i;
            filled += next == QLatin1Char('h') ? profile.spec.host
                : next == QLatin1Char('p')     ? QString::number(profile.spec.port)
                : next == QLatin1Char('d')     ? profile.spec.database
                : next == QLatin1Char('r')     ? role
                                               : QStringLiteral("%");
        }
        words << filled;
    }
    return words;
}

Result<Secret> secretByCommand(const Profile &profile, const QString &role, const CancelToken &cancel)
{
    const QStringList words = passwordCommandFor(profile, role);
    tool::Command command;
    command.program = words.value(0);
    command.arguments = words.mid(1);
    command.environment = environmentOfSecrets();
    command.timeoutMs = deadlineMs;
    command.maxOutput = longestSecret;
    command.secretOutput = true;
    const QString attempt = QStringLiteral("get the password by %1").arg(QFileInfo(command.program).fileName());
    Result<tool::Outcome> outcome = tool::runChecked(command, cancel);
    if (!outcome) {
        Error error = std::move(outcome.error());
        error.context = attempt; // not the whole line: an argument may be somebody's secret too
        return fail(std::move(error));
    }
    qsizetype end = outcome->output.indexOf('\n');
    const bool cut = end < 0 && outcome->truncated;
    if (end < 0)
        end = cut ? 0 : outcome->output.size(); // a piece of a secret is none
    if (end > 0 && outcome->output.at(end - 1) == '\r')
        --end;
    const Secret secret(QByteArray::fromRawData(outcome->output.constData(), end));
    ::explicit_bzero(outcome->output.data(), size_t(outcome->output.size()));
    if (!secret.isEmpty())
        return secret;
    Error error;
    error.kind = ErrorKind::Tool;
    error.reason = QStringLiteral("no_secret");
    error.message = cut ? QStringLiteral("The first line of its output is longer than 64 KB") : QStringLiteral("The first line of its output is empty");
    error.detail = QString::fromUtf8(outcome->errors.trimmed());
    error.context = attempt;
    return fail(std::move(error));
}

Result<Secret> SecretSource::secret(const QString &role, const CancelToken &cancel)
{
    const std::lock_guard lock(m_mutex);
    if (const auto kept = m_kept.constFind(role); kept != m_kept.cend() && Clock::now() < kept->until)
        return kept->secret;
    const auto asked = Clock::now(); // its life began at the latest when we asked
    Result<Secret> fresh = secretByCommand(m_profile, role, cancel);
    if (fresh && m_profile.passwordExpiryS > 0)
        m_kept.insert(role, {*fresh, asked + std::chrono::seconds(m_profile.passwordExpiryS)});
    return fresh;
}

} // namespace howdah::session
