// SPDX-License-Identifier: GPL-3.0-or-later
// A network of its own for a server, joined to the test's by a pair of virtual cables, and the faults of that network. Needs root, ip,
// iptables and tc. Its name holds the test's pid; what dead tests left behind goes at the next make(). Blocking; for tests only.
//
// Why not a published Docker port: there a proxy accepts and acknowledges with nothing behind it, so that no keepalive proves anything.
#pragma once

#include <QString>
#include <QStringList>

#include <memory>

namespace howdah::test
{

class NetworkNamespace
{
public:
    // Null, and why, where there can be none: the test is to fail with that text.
    static std::unique_ptr<NetworkNamespace> make(QString *why);
    ~NetworkNamespace(); // with its rules and cables; what still runs in it keeps it until it ends
    NetworkNamespace(const NetworkNamespace &) = delete;
    NetworkNamespace &operator=(const NetworkNamespace &) = delete;

    QString name() const { return m_name; }
    QString address() const { return m_inside; } // the server's end
    QString path() const;                        // for setns(2)

    // Each holds until heal(), for all links at once. False: it could not be set.
    bool dropAll();              // nothing arrives and nothing is answered, in both directions
    bool resetAll();             // what reaches the server is answered by a reset
    bool lose(double share);     // 0.01: one packet of a hundred, in each direction
    bool limit(int bytesPerSecond); // in each direction
    bool heal();

private:
    NetworkNamespace() = default;
    bool inside(const QString &program, const QStringList &arguments);
    bool filter(const QString &chain, const QStringList &rule);

    QString m_name;
    QString m_cable; // our end
    QString m_outside;
    QString m_inside;
    QString m_why;
};

} // namespace howdah::test
