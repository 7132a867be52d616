// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/admission.h"

#include <QCryptographicHash>
#include <QRegularExpression>

namespace howdah::health
{

using namespace Qt::StringLiterals;

namespace
{

// Without the port, which a tunnel may have changed; empty where it is no host at all.
QByteArray nameOf(const QByteArray &host)
{
    const qsizetype bracket = host.startsWith('[') ? host.indexOf(']') : -1;
    const qsizetype colon = host.indexOf(':', bracket + 1);
    const QByteArray port = colon < 0 ? QByteArray("0") : host.mid(colon + 1);
    const bool isPort = !port.isEmpty() && std::all_of(port.cbegin(), port.cend(), [](char c) { return c >= '0' && c <= '9'; });
    if (!isPort || (host.startsWith('[') && (bracket < 0 || (colon < 0 ? host.size() : colon) != bracket + 1)))
        return {};
    return colon < 0 ? host : host.first(colon);
}

bool isOurs(const QByteArray &host, const Admission &admission)
{
    static const QByteArrayList own{"127.0.0.1", "localhost", "[::1]"};
    const QByteArray name = nameOf(host);
    return !name.isEmpty() && (own.contains(name) || admission.hosts.contains(name));
}

// Digests of one length are compared to their end: the time says nothing of how much of the token was right.
bool isToken(QByteArrayView said, const Secret &token)
{
    const QByteArray a = QCryptographicHash::hash(said.toByteArray(), QCryptographicHash::Sha256);
    QCryptographicHash own(QCryptographicHash::Sha256);
    own.addData(QByteArrayView(token.data(), token.size()));
    const QByteArray b = own.result();
    quint8 different = 0;
    for (qsizetype i = 0; i < b.size(); ++i)
        different = quint8(different | quint8(a[i] ^ b[i]));
    return different == 0;
}

bool hasToken(const HttpRequest &request, const Secret &token)
{
    static constexpr QByteArrayView scheme("bearer ");
    return request.authorization.first(qMin(request.authorization.size(), scheme.size())).toLower() == scheme
        && isToken(QByteArrayView(request.authorization).sliced(scheme.size()), token);
}

} // namespace

std::optional<HttpAnswer> refusalOf(const HttpRequest &request, const Admission &admission)
{
    if (!isOurs(request.host, admission))
        return refusal(403, "This is not the host you asked for");
    if (request.method != "GET" && request.method != "HEAD")
        return refusal(405, "Only GET and HEAD", {"Allow: GET, HEAD"});
    if (request.hasBody)
        return refusal(413, "No body is read");
    if (!admission.token.isEmpty() && request.path != "/livez" && !hasToken(request, admission.token))
        return refusal(401, "A bearer token is asked for", {"WWW-Authenticate: Bearer"});
    return std::nullopt;
}

void addOrigin(HttpAnswer &answer, const HttpRequest &request, const Admission &admission)
{
    if (admission.origins.isEmpty())
        return;
    answer.headers << QByteArray("Vary: Origin");
    if (admission.origins.contains(request.origin))
        answer.headers << "Access-Control-Allow-Origin: " + request.origin;
}

Result<QByteArrayList> originsFrom(const QString &words)
{
    static const QRegularExpression origin(u"^[a-z][a-z0-9+.-]*://(?:[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?$"_s);
    QByteArrayList origins;
    const QStringList parts = words.split(u',', Qt::SkipEmptyParts);
    for (const QString &part : parts) {
        const QString one = part.trimmed();
        if (!origin.match(one).hasMatch()) {
            return fail(ErrorKind::Client, u"bad_origins"_s, u"CORS_ORIGINS names \"%1\", which is no origin"_s.arg(one),
                        u"Origins are http://localhost:3000, without a path, with commas between them; * is not taken"_s);
        }
        origins << one.toLatin1();
    }
    return origins;
}

Result<QByteArray> hostFrom(const QString &word)
{
    static const QRegularExpression host(u"^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\\[[0-9a-f:.]+\\])$"_s);
    const QString name = word.toLower();
    if (!host.match(name).hasMatch())
        return fail(ErrorKind::Client, u"bad_host"_s, u"\"%1\" is no host's name"_s.arg(word),
                    u"Say it as a browser sends it, without a port: health.example, or [fd00::1]"_s);
    return name.toLatin1();
}

} // namespace howdah::health
