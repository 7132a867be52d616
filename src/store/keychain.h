// SPDX-License-Identifier: GPL-3.0-or-later
// Secrets, through the OS keychain only (QtKeychain). One queue: one job at a time, each with its own deadline; the job object of a frozen
// daemon is kept until it answers and its late answer dropped. Lives on the main loop; no nested loop anywhere. Never deletes or overwrites
// because a read failed. Where no keychain answers, a secret can be held for this session only (in memory), and isSessionOnly says so.
// Errors: Keychain/absent, Keychain/locked, Keychain/no_keychain, Keychain/timeout, Keychain/denied, Keychain/not_kept (read back differs).
#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <QFuture>
#include <QObject>

#include <memory>

namespace howdah::store
{

// A secret belongs to a host, a port and a role of a profile; another host is another secret.
struct SecretKey {
    QString profileId; // uuid, no braces
    QString host;
    quint16 port = 0;
    QString role;
    QString text() const; // "howdah/<uuid>/<role>@<host>:<port>"
};

class Keychain : public QObject
{
    Q_OBJECT
public:
    explicit Keychain(QObject *parent = nullptr, int deadlineMs = 15'000);
    ~Keychain() override;

    QFuture<Result<Secret>> read(const SecretKey &key);
    // Writes, reads back, compares, and only then says Done.
    QFuture<Done> write(const SecretKey &key, const Secret &secret);
    QFuture<Done> remove(const SecretKey &key);

    // Kept in memory until this program ends; shown wherever the profile is shown.
    void holdForSession(const SecretKey &key, const Secret &secret);
    bool isSessionOnly(const SecretKey &key) const;

private:
    struct Core;
    std::unique_ptr<Core> m_core;
};

} // namespace howdah::store
