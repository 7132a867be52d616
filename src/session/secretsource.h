// SPDX-License-Identifier: GPL-3.0-or-later
// A secret by command: a cloud's token, a password manager's answer. Kept in memory until it expires, never logged. Blocking; any thread
// but the window's.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "base/secret.h"
#include "session/profile.h"

#include <QHash>

#include <chrono>
#include <mutex>

namespace howdah::session
{

// The command's words with %h, %p, %d and %r in their places. Each stays one argument whatever it holds.
QStringList passwordCommandFor(const Profile &profile, const QString &role);

// Runs it, 30 s at most; the first line of its output is the secret, its errors are told. Errors: Tool (not_found, failed, no_secret),
// Timeout/tool, Cancelled.
Result<Secret> secretByCommand(const Profile &profile, const QString &role, const CancelToken &cancel);

// One for all links of a profile: the command is run anew once its answer has expired, and by one link at a time.
class SecretSource
{
public:
    explicit SecretSource(Profile profile) : m_profile(std::move(profile)) {}
    Result<Secret> secret(const QString &role, const CancelToken &cancel);

private:
    using Clock = std::chrono::steady_clock; // a clock that is set does not lengthen a token's life
    struct Kept {
        Secret secret;
        Clock::time_point until;
    };

    const Profile m_profile;
    std::mutex m_mutex;
    QHash<QString, Kept> m_kept; // by role
};

} // namespace howdah::session
