// SPDX-License-Identifier: GPL-3.0-or-later
// A connection test that names each step: resolve, tcp, tls, authentication, role, version, privileges. What stopped it is the connection's
// own error; the steps say how far it came and what would help. Blocking; any thread but the window's.
#pragma once

#include "pg/connection.h"
#include "session/profile.h"

#include <QJsonArray>

#include <functional>
#include <optional>

namespace howdah::session
{

struct CheckStep {
    // Unknown: could not be seen, which is neither good nor bad. Failed privileges do not fail the test: one is in, and sees less.
    enum class State { Ok, Failed, Skipped, Unknown };
    QString name; // "resolve", "tcp", "tls", "authentication", "role", "version", "privileges"
    State state = State::Unknown;
    QString text;   // one sentence
    QString detail; // lines: the certificates with names, dates and fingerprint; what is not permitted
    QString fix;    // what would help; the GRANTs, a line each
};
QString stateName(CheckStep::State state); // "ok", "failed", "skipped", "unknown"

struct CheckReport {
    QVector<CheckStep> steps;
    std::optional<Error> error; // as Connection::open gave it; none: one is in
    QJsonObject link;           // linkReport() of a good link
    QVector<pg::Certificate> chain; // as shown by the server, a refused one too
    // The authority that can be trusted from here on, where the server shows it: signed by itself. Most servers show only their own certificate.
    std::optional<pg::Certificate> authority() const;
};

using LinkOpener = std::function<Result<std::unique_ptr<pg::Connection>>(const CancelToken &)>;

// `open` makes the one link, which is closed at the end. With `probeTcp` TCP is tried before by a link of its own, so that steps come one by
// one. `told` is called on this thread as each step is known.
CheckReport checkBySteps(const Profile &profile, const LinkOpener &open, bool probeTcp, const CancelToken &cancel,
                         const std::function<void(const CheckStep &)> &told = {});

QJsonArray stepsToJson(const QVector<CheckStep> &steps);
QString stepLines(const QVector<CheckStep> &steps);

} // namespace howdah::session
