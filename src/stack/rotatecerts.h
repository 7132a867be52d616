// SPDX-License-Identifier: GPL-3.0-or-later
// Another server certificate for a running stack. Its CA's key was freed when it had signed (certificates.h), so a new certificate comes
// with a new CA: until the server is seen to serve the new one both are trusted, afterwards the new one alone. Open sessions go on with the
// certificate they began with. Blocking; any thread but the window's.
#pragma once

#include "pg/certificate.h"
#include "stack/certificates.h"
#include "stack/inside.h"

#include <functional>
#include <optional>

namespace howdah::stack
{

struct Rotated {
    std::optional<pg::Certificate> before; // as served until now; none: the server showed none that could be read
    pg::Certificate now;                   // as the server serves it, checked against the new CA and the name
    std::optional<qint64> sessionsOnOld;   // TLS sessions that began before; none: could not be counted
    QString caFile;                        // holds the new CA
    QString text() const;                  // several lines, for people
    QJsonObject toJson() const;
};

// Errors: Tool/not_running, Tool/not_served (the server does not take it: the old one was put back), what the backend's own steps say,
// Cancelled (as not_served).
Result<Rotated> rotateCertificates(const QString &name, const Progress &progress, const CancelToken &cancel);

// Where a backend keeps its three files, and how they are replaced. Steps that failed in the middle can be done again.
struct CertificatePlace {
    QString name;
    quint16 port = 0;
    Inside inside;
    std::function<Result<QByteArray>(const CancelToken &)> readCa;
    std::function<Done(const CancelToken &)> keep; // copies those of now aside
    std::function<Done(const Certificates &, const CancelToken &)> put;
    std::function<Done()> putBack; // those that keep() laid aside
    std::function<Done()> drop;    // what keep() laid aside goes
};
Result<Rotated> rotateIn(const CertificatePlace &place, const Progress &progress, const CancelToken &cancel);

} // namespace howdah::stack
