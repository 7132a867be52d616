// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/rotatecerts.h"

#include "base/savefile.h"
#include "pg/tlsprobe.h"
#include "stack/choose.h"
#include "stack/record.h"

#include <QDeadlineTimer>
#include <QFile>

#include <poll.h>

namespace howdah::stack
{

namespace
{
constexpr int servedDeadlineMs = 10'000;
constexpr int lookEveryMs = 150;

QString day(const QDateTime &time)
{
    return time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm 'UTC'"));
}

QJsonObject toJson(const pg::Certificate &certificate)
{
    return {{QStringLiteral("subject"), certificate.subject},
            {QStringLiteral("issuer"), certificate.issuer},
            {QStringLiteral("sha256"), certificate.sha256},
            {QStringLiteral("not_before"), certificate.notBefore.toUTC().toString(Qt::ISODate)},
            {QStringLiteral("not_after"), certificate.notAfter.toUTC().toString(Qt::ISODate)}};
}

class Rotation
{
public:
    Rotation(const CertificatePlace &place, const Progress &progress, const CancelToken &cancel)
        : m_place(place), m_progress(progress), m_cancel(cancel), m_caFile(caFileOf(place.name)), m_newCaFile(m_caFile + QStringLiteral(".new"))
    {
        m_spec = adminSpec(place.name, place.port);
    }
    Result<Rotated> run();

private:
    void say(const QString &step) const { m_progress({step, {}, 0, 0, {}}); }
    Done trustBoth(const QByteArray &newCa);
    Done replace();
    Result<pg::Certificate> served();
    Done stopped() const;

    const CertificatePlace &m_place;
    const Progress &m_progress;
    const CancelToken &m_cancel;
    QString m_caFile;
    QString m_newCaFile; // holds the new CA alone, while it is tried
    pg::ConnectionSpec m_spec;
    QByteArray m_oldCa;   // ours and the server's, as they were
    Certificates m_made;
};

Done Rotation::stopped() const
{
    if (m_cancel.isCancelled())
        return fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"));
    return {};
}

// From here on whichever of the two the server shows is trusted: nobody who reconnects meanwhile is refused.
Done Rotation::trustBoth(const QByteArray &newCa)
{
    if (Done saved = saveFile(m_newCaFile, newCa); !saved)
        return saved;
    return saveFile(m_caFile, newCa + m_oldCa);
}

Done Rotation::replace()
{
    say(QStringLiteral("Put the new certificate into the stack"));
    // The server's copy of the CA holds both too: should this program end here, the next start takes it from there.
    Certificates both{m_made.ca + m_oldCa, m_made.server, m_made.serverKey};
    if (Done put = m_place.put(both, m_cancel); !put)
        return put;
    say(QStringLiteral("Reload the server"));
    return reloadServer(m_place.inside, m_cancel);
}

// The server reads its files again some time after it was told to, and says nothing where it does not take them.
Result<pg::Certificate> Rotation::served()
{
    say(QStringLiteral("Look whether it is served"));
    pg::ConnectionSpec spec = m_spec;
    spec.caFile = m_newCaFile;
    QString last;
    for (const QDeadlineTimer deadline(servedDeadlineMs); !deadline.hasExpired();) {
        if (Done go = stopped(); !go)
            return fail(std::move(go.error()));
        const Result<pg::TlsProbe> probe = pg::probeTls(spec);
        if (probe && !probe->chain.isEmpty() && probe->chain.constFirst().pem.trimmed() == m_made.server.trimmed()) {
            if (probe->verdict == QLatin1StringView("ok"))
                return probe->chain.constFirst();
            last = probe->verdictText;
        } else {
            last = probe ? QStringLiteral("it serves the old certificate still") : probe.error().text();
        }
        pollfd woken{m_cancel.eventFd(), POLLIN, 0};
        ::poll(&woken, 1, lookEveryMs);
    }
    return fail(ErrorKind::Tool, QStringLiteral("not_served"), QStringLiteral("The server does not serve the new certificate: %1").arg(last),
                QStringLiteral("Its log says why: howdahctl stack --name %1 logs").arg(m_place.name));
}

Result<Rotated> Rotation::run()
{
    say(QStringLiteral("Make a certificate"));
    Rotated rotated;
    rotated.caFile = m_caFile;
    if (const Result<pg::TlsProbe> probe = pg::probeTls(m_spec); probe && !probe->chain.isEmpty())
        rotated.before = probe->chain.constFirst();
    Result<QByteArray> theirs = m_place.readCa(m_cancel);
    if (!theirs)
        return fail(std::move(theirs.error()));
    m_oldCa = *theirs;
    if (QFile ours(m_caFile); ours.open(QIODevice::ReadOnly)) {
        if (const QByteArray text = ours.readAll(); text != m_oldCa)
            m_oldCa += text;
    }
    Result<Certificates> made = makeCertificates(m_place.name);
    if (!made)
        return fail(std::move(made.error()));
    m_made = *made;
    if (Done kept = m_place.keep(m_cancel); !kept)
        return fail(std::move(kept.error()));
    if (Done trusted = trustBoth(m_made.ca); !trusted)
        return fail(std::move(trusted.error()));

    Done replaced = replace();
    Result<pg::Certificate> now = replaced ? served() : fail(std::move(replaced.error()));
    if (!now) {
        Error error = std::move(now.error());
        Done back = m_place.putBack();
        if (back)
            back = reloadServer(m_place.inside, {});
        // Both stay trusted where it is not known which of the two the server has.
        if (back)
            back = saveFile(m_caFile, m_oldCa);
        QFile::remove(m_newCaFile);
        error.detail = back ? QStringLiteral("The old certificate was put back.") : QString(QStringLiteral("The old certificate could not be put back: ") + back.error().text());
        return fail(std::move(error));
    }
    rotated.now = *now;
    // The rest is not given up half done at a cancel.
    say(QStringLiteral("Trust the new one alone"));
    if (Done put = m_place.put(m_made, {}); !put)
        return fail(std::move(put.error()));
    if (Done trusted = saveFile(m_caFile, m_made.ca); !trusted)
        return fail(std::move(trusted.error()));
    QFile::remove(m_newCaFile);
    if (Done dropped = m_place.drop(); !dropped)
        return fail(std::move(dropped.error()));
    if (const Result<qint64> count = sessionsBeforeReload(m_place.inside, {}))
        rotated.sessionsOnOld = *count;
    return rotated;
}

} // namespace

QString Rotated::text() const
{
    QString text = QStringLiteral("The server serves a new certificate, checked by a TLS handshake against its new CA and the name localhost.\n");
    const auto line = [&text](const char *name, const QString &value) { text += QString::fromLatin1(name).leftJustified(16) + value + QLatin1Char('\n'); };
    line("new, SHA-256", now.sha256);
    line("valid", day(now.notBefore) + QStringLiteral(" to ") + day(now.notAfter));
    line("old, SHA-256", before ? before->sha256 : QStringLiteral("unknown"));
    line("ca_file", caFile);
    if (!sessionsOnOld)
        text += QStringLiteral("How many sessions are open could not be counted; those that are go on with the old certificate until they reconnect.\n");
    else if (*sessionsOnOld == 0)
        text += QStringLiteral("No TLS session was open; every new one gets the new certificate.\n");
    else
        text += QStringLiteral("%1 open TLS %2 with the old certificate until reconnected: none was ended, and the server tells them nothing. "
                               "New ones get the new certificate.\n")
                    .arg(*sessionsOnOld)
                    .arg(*sessionsOnOld == 1 ? QStringLiteral("session goes on") : QStringLiteral("sessions go on"));
    return text + QStringLiteral("What trusts a copy of the old CA refuses the server from now on: give it the file above.\n");
}

QJsonObject Rotated::toJson() const
{
    return {{QStringLiteral("now"), stack::toJson(now)},
            {QStringLiteral("before"), before ? QJsonValue(stack::toJson(*before)) : QJsonValue()},
            {QStringLiteral("sessions_on_old"), sessionsOnOld ? QJsonValue(*sessionsOnOld) : QJsonValue()},
            {QStringLiteral("ca_file"), caFile}};
}

Result<Rotated> rotateIn(const CertificatePlace &place, const Progress &progress, const CancelToken &cancel)
{
    return Rotation(place, progress, cancel).run();
}

} // namespace howdah::stack
