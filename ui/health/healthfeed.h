// SPDX-License-Identifier: GPL-3.0-or-later
// What leaves the window of one server's samples: to the board that HTTP answers from, and by OTLP to where its profile, or the environment, says. It stands on the
// workspace's sampler and asks the server only for the slower tiers, and only while one of both is on. Window's thread.
#pragma once

#include "health/otlpstate.h"
#include "health/serverwatch.h"
#include "session/profile.h"
#include "store/keychain.h"

#include <QObject>

#include <optional>

namespace howdah::ui
{

class HealthEndpoint;

// How the export goes, for people.
struct ExportStanding {
    enum class State { None, Off, Beginning, On, Failed }; // None: neither the profile nor the environment says where to
    State state = State::None;
    bool isOfEnvironment = false;
    QString endpoint; // without a query, which may hold a key
    int intervalMs = 0;
    health::OtlpState sent;
    Error error; // Failed: why nothing is sent
};

class HealthFeed : public QObject
{
    Q_OBJECT
public:
    // All outlive it; endpoint may be null. slow: a monitor link for tiers and rules, opened when they are first read, so that they delay no sample.
    HealthFeed(const session::Profile &profile, pg::Session *monitor, pg::Session *slow, metrics::Sampler *sampler, store::Keychain *keychain, HealthEndpoint *endpoint,
               QObject *parent = nullptr);
    ~HealthFeed() override;

    const session::Profile &profile() const { return m_profile; } // with the export as it is now
    void setExport(const session::OtlpExport &otlp);              // as it was saved; begins anew, also with the same
    const ExportStanding &exportStanding() const { return m_standing; }

signals:
    void changed();

private:
    void begin(const Secret &headers);
    void enter(ExportStanding::State state, const Error &error = {});
    void follow();

    session::Profile m_profile;
    store::Keychain *m_keychain;
    HealthEndpoint *m_endpoint;
    health::ServerWatch m_watch;
    ExportStanding m_standing;
    int m_attempt = 0;
};

} // namespace howdah::ui
