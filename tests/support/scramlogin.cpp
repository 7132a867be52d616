// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scramlogin.h"

#include "support/wire.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QtEndian>

#include <openssl/evp.h>

namespace howdah::test
{

static const QByteArray salt("saltsaltsaltsalt");

static QByteArray hmac(const QByteArray &key, const QByteArray &text)
{
    return QMessageAuthenticationCode::hash(text, key, QCryptographicHash::Sha256);
}

// The value of "r=…" and the like in a SCRAM message.
static QByteArray attribute(const QByteArray &message, char name)
{
    for (const QByteArray &part : message.split(',')) {
        if (part.size() > 1 && part.at(0) == name && part.at(1) == '=')
            return part.mid(2);
    }
    return {};
}

bool ScramLogin::greet(const ScriptedServer::Client &client, const QString &certificate)
{
    QByteArray startup = client.readStartup();
    if (startup.startsWith(wire::int32(80877103))) { // SSLRequest
        if (!client.send("S") || !client.startTls(certificate))
            return false;
        startup = client.readStartup();
    }
    return startup.startsWith(wire::int32(196608)) || startup.startsWith(wire::int32(196610)); // protocol 3.0, 3.2
}

bool ScramLogin::authenticate(const ScriptedServer::Client &client) const
{
    constexpr int sasl = 10, saslContinue = 11, saslFinal = 12;
    if (!client.send(wire::authentication(sasl, (binding ? wire::text("SCRAM-SHA-256-PLUS") : QByteArray()) + wire::text("SCRAM-SHA-256") + '\0')))
        return false;
    // SASLInitialResponse: the mechanism, a length, "p=tls-server-end-point,,n=,r=…".
    const QByteArray initial = client.readMessage();
    const qsizetype begin = initial.indexOf("n=,");
    if (begin < 0)
        return false;
    if (lie == Lie::LetsIn)
        return client.send(wire::authentication(0));
    if (lie == Lie::FinalFirst) {
        client.send(wire::authentication(saslFinal, "v=" + QByteArray(32, 'x').toBase64()));
        client.waitForEnd();
        return false;
    }
    const QByteArray clientFirst = initial.mid(begin);
    const QByteArray nonce = lie == Lie::Nonce ? QByteArray("ganzandersganzanders") : attribute(clientFirst, 'r') + "howdah";
    const QByteArray challenge = lie == Lie::NotScram ? QByteArray("e=other-error")
                                                      : "r=" + nonce + ",s=" + (lie == Lie::EmptySalt ? QByteArray() : salt.toBase64()) + ",i="
            + QByteArray::number(iterations);
    client.send(wire::authentication(saslContinue, challenge));
    const QByteArray answer = client.readMessage().mid(1); // "c=…,r=…,p=…"
    if (answer.isEmpty())
        return false;
    if (lie == Lie::LetsInUnproven)
        return client.send(wire::authentication(0));
    if (lie == Lie::Twice) {
        client.send(wire::authentication(saslContinue, challenge));
        client.waitForEnd();
        return false;
    }
    QByteArray salted(32, '\0');
    ::PKCS5_PBKDF2_HMAC(password.constData(), int(password.size()), reinterpret_cast<const unsigned char *>(salt.constData()), int(salt.size()),
                        int(iterations), ::EVP_sha256(), int(salted.size()), reinterpret_cast<unsigned char *>(salted.data()));
    const QByteArray messages = clientFirst + ',' + challenge + ',' + answer.left(answer.lastIndexOf(",p="));
    const QByteArray signature = lie == Lie::Signature ? QByteArray(32, 'x') : hmac(hmac(salted, "Server Key"), messages);
    return client.send(wire::authentication(saslFinal, "v=" + signature.toBase64()) + wire::authentication(0));
}

QByteArray ScramLogin::settings()
{
    return wire::parameter("server_version", "18.6") + wire::parameter("server_encoding", "UTF8") + wire::parameter("client_encoding", "UTF8")
        + wire::parameter("in_hot_standby", "off") + wire::parameter("default_transaction_read_only", "off") + wire::parameter("is_superuser", "off")
        + wire::parameter("standard_conforming_strings", "on") + wire::parameter("DateStyle", "ISO, MDY") + wire::parameter("integer_datetimes", "on")
        + wire::backendKey();
}

bool ScramLogin::admit(const ScriptedServer::Client &client, const QString &certificate) const
{
    return greet(client, certificate) && authenticate(client) && client.send(settings() + wire::ready());
}

} // namespace howdah::test
