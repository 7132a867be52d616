// SPDX-License-Identifier: GPL-3.0-or-later
// A ConnectionSpec as libpq's keywords: every one that matters is given, so that neither its defaults nor the environment nor files in
// the home folder decide anything. Any thread.
#pragma once

#include "pg/connectionspec.h"
#include "pg/prepare.h"

#include <QByteArray>

#include <vector>

namespace howdah::pg
{

class ConnInfo
{
public:
    // `address`: numeric, already resolved; empty for a Unix socket. Of `via` only the port and the kind of address matter.
    ConnInfo(const ConnectionSpec &spec, const QByteArray &address, const Via &via = {});

    // Null-terminated, for PQconnectStartParams; the password is the caller's, and stays valid in its memory.
    std::vector<const char *> keywords() const;
    std::vector<const char *> values(const Secret &password) const;

private:
    void set(const char *keyword, const QByteArray &value);
    void setCertificates(const ConnectionSpec &spec, bool tls);
    void setAuthentication(const ConnectionSpec &spec, bool tls);

    std::vector<std::pair<const char *, QByteArray>> m_pairs;
    bool m_hasPassword = false;   // the method sends one
    bool m_hasPassphrase = false; // what is given opens the key's file
};

// The PEM file whose certificates are trusted: the spec's, else the system's bundle. Errors: Tls (ca_file_missing, ca_file_empty,
// ca_file_needed: verify-ca with the system's).
Result<QString> caFileOf(const ConnectionSpec &spec);

} // namespace howdah::pg
