// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/otlpsender.h"

#include "base/clock.h"
#include "health/gzip.h"
#include "health/httppost.h"
#include "health/otlpdecision.h"

#include <QFile>
#include <QRandomGenerator>
#include <QSslCertificate>
#include <QSslKey>

#include <utility>

namespace howdah::health
{

using namespace Qt::StringLiterals;

namespace
{
constexpr qsizetype largestBody = 64 << 20; // of a request, as receivers take them
constexpr qint64 longestQueue = 16 << 20;   // bytes, whatever the number of requests
constexpr qsizetype mostKeys = 100'000;     // of m_taken; far above what one server has

qint64 pointsOf(const QVector<Series> &series)
{
    qint64 points = 0;
    for (const Series &one : series)
        points += one.points.size();
    return points;
}

// Small files of ours; nullopt and why.
std::optional<QByteArray> fileOf(const QString &path, QString &why)
{
    constexpr qint64 most = 1 << 20;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        why = u"%1: %2"_s.arg(path, file.errorString());
        return std::nullopt;
    }
    return file.read(most);
}
} // namespace

OtlpSender::OtlpSender(OtlpSettings settings, OtlpResource resource)
    : m_settings(std::move(settings)), m_resource(std::move(resource)), m_again(this), m_flushDeadline(this)
{
    m_again.setSingleShot(true);
    m_flushDeadline.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &OtlpSender::sendNext);
    connect(&m_flushDeadline, &QTimer::timeout, this, &OtlpSender::endFlush);
}

void OtlpSender::readFiles()
{
    m_tls = QSslConfiguration::defaultConfiguration();
    m_tls.setProtocol(QSsl::TlsV1_2OrLater);
    m_tls.setPeerVerifyMode(QSslSocket::VerifyPeer);
    m_fileError.clear();
    if (!m_settings.caFile.isEmpty()) {
        const auto pem = fileOf(m_settings.caFile, m_fileError);
        const QList<QSslCertificate> authorities = pem ? QSslCertificate::fromData(*pem) : QList<QSslCertificate>();
        if (pem && authorities.isEmpty())
            m_fileError = u"%1 holds no certificate"_s.arg(m_settings.caFile);
        m_tls.setCaCertificates(authorities);
    }
    if (m_settings.certificateFile.isEmpty() || !m_fileError.isEmpty())
        return;
    const auto certificate = fileOf(m_settings.certificateFile, m_fileError);
    const auto key = certificate ? fileOf(m_settings.keyFile, m_fileError) : std::nullopt;
    if (!key)
        return;
    QSslKey ours(*key, QSsl::Rsa);
    if (ours.isNull())
        ours = QSslKey(*key, QSsl::Ec);
    const QList<QSslCertificate> chain = QSslCertificate::fromData(*certificate);
    if (chain.isEmpty() || ours.isNull())
        m_fileError = u"%1 and %2 are no certificate and its key"_s.arg(m_settings.certificateFile, m_settings.keyFile);
    m_tls.setLocalCertificateChain(chain);
    m_tls.setPrivateKey(ours);
}

// A reading of a slower tier is exported once, not again with each export until the next.
QVector<Series> OtlpSender::unsent(const QVector<Series> &series)
{
    if (m_taken.size() > mostKeys)
        m_taken.clear();
    QVector<Series> fresh;
    for (const Series &one : series) {
        Series kept = one;
        kept.points.clear();
        for (const SeriesPoint &point : one.points) {
            QString key = one.name;
            for (const Attribute &attribute : point.attributes)
                key += u'\n' + attributeName(attribute.key) + u'=' + attribute.value;
            qint64 &last = m_taken[key];
            if (last != point.atMs)
                kept.points << point;
            last = point.atMs;
        }
        if (!kept.points.isEmpty())
            fresh << kept;
    }
    return fresh;
}

void OtlpSender::take(const QVector<Series> &series)
{
    const QVector<Series> fresh = unsent(series);
    if (fresh.isEmpty())
        return;
    Request request;
    request.points = pointsOf(fresh);
    request.body = otlpBody(fresh, m_resource, m_settings.encoding);
    if (request.body.size() > largestBody) {
        note(u"A request of %1 MB is more than receivers take"_s.arg(request.body.size() >> 20));
        drop(request);
        publish();
        return;
    }
    if (m_settings.compressed)
        request.body = gzip(request.body);
    m_queue.push_back(std::move(request));
    keepBounded();
    publish();
    if (!m_again.isActive())
        sendNext();
}

void OtlpSender::keepBounded()
{
    qint64 bytes = 0;
    for (const Request &request : m_queue)
        bytes += request.body.size();
    while (!m_queue.empty() && (int(m_queue.size()) > m_settings.queued || bytes > longestQueue)) {
        bytes -= m_queue.front().body.size();
        drop(m_queue.front());
        m_queue.pop_front();
    }
}

void OtlpSender::sendNext()
{
    m_state.againMs = 0;
    if (m_underway || m_queue.empty()) {
        if (m_flushing && !m_underway)
            endFlush();
        return;
    }
    m_underway = std::move(m_queue.front());
    m_queue.pop_front();
    ++m_underway->attempt;
    readFiles(); // each time: they are renewed while we run
    if (!m_fileError.isEmpty()) {
        HttpReply none;
        none.error = m_fileError;
        answered(none);
        return;
    }
    HttpPost::Headers headers{{"Content-Type", otlpContentType(m_settings.encoding)}, {"User-Agent", "howdah/" HOWDAH_VERSION}};
    if (m_settings.compressed)
        headers.emplaceBack("Content-Encoding", "gzip");
    static const QList<QByteArray> ours{"host", "connection", "content-length", "content-type", "content-encoding", "transfer-encoding"};
    for (const auto &header : std::as_const(m_settings.headers)) {
        if (!ours.contains(header.first.toLower()))
            headers.append(header);
    }
    auto *post = new HttpPost(m_settings.endpoint, headers, m_underway->body, m_tls, m_settings.timeoutMs, this);
    connect(post, &HttpPost::finished, this, [this, post](const HttpReply &reply) {
        post->deleteLater();
        answered(reply);
    });
    post->start();
}

void OtlpSender::answered(const HttpReply &reply)
{
    Request request = std::move(*m_underway);
    m_underway.reset();
    const qint64 now = Clock().wallMs();
    const OtlpDecision decision = decideOtlp(reply, m_settings, request.attempt, now, QRandomGenerator::global()->generateDouble());
    if (!decision.error.isEmpty())
        note(decision.error);
    switch (decision.what) {
    case OtlpDecision::Taken:
        ++m_state.requestsSent;
        m_state.pointsRejected += std::min(decision.rejected, request.points);
        m_state.pointsSent += std::max(qint64(0), request.points - decision.rejected);
        m_state.sentMs = now;
        break;
    case OtlpDecision::Drop:
        drop(request);
        break;
    case OtlpDecision::Again:
        ++m_state.attemptsFailed;
        m_queue.push_front(std::move(request));
        keepBounded();
        if (m_flushing) {
            endFlush(); // there is no time to wait
            return;
        }
        m_state.againMs = now + decision.waitMs;
        m_again.start(int(decision.waitMs));
        publish();
        return;
    }
    publish();
    sendNext();
}

void OtlpSender::drop(const Request &request)
{
    ++m_state.requestsDropped;
    m_state.pointsDropped += request.points;
}

void OtlpSender::note(const QString &error)
{
    m_state.error = error;
    m_state.errorMs = Clock().wallMs();
}

void OtlpSender::publish()
{
    m_state.queued = int(m_queue.size()) + (m_underway ? 1 : 0);
    emit changed(m_state);
}

void OtlpSender::flush(int deadlineMs)
{
    m_flushing = true;
    m_flushDeadline.start(deadlineMs);
    m_again.stop();
    sendNext();
}

void OtlpSender::endFlush()
{
    if (!std::exchange(m_flushing, false))
        return;
    m_flushDeadline.stop();
    publish();
    emit flushed();
}

} // namespace howdah::health
