// SPDX-License-Identifier: GPL-3.0-or-later
// Series as a request of the OpenTelemetry protocol (opentelemetry-proto, ExportMetricsServiceRequest), protobuf or JSON, and what a receiver
// answers. Cumulative temporality. Pure functions; any thread.
#pragma once

#include "health/series.h"

#include <QByteArray>
#include <QMap>

#include <optional>

namespace howdah::health
{

enum class OtlpEncoding { Protobuf, Json };
QByteArray otlpContentType(OtlpEncoding encoding);

// Attributes of the resource: service.name, service.instance.id and what OTEL_RESOURCE_ATTRIBUTES adds. No host of ours among them.
using OtlpResource = QMap<QString, QString>;
// `stream`: what no other writer of these series has, say profile and installation; becomes a UUID, so that it tells nothing.
OtlpResource otlpResource(const QString &stream);

QByteArray otlpBody(const QVector<Series> &series, const OtlpResource &resource, OtlpEncoding encoding);

// ExportMetricsServiceResponse. An empty one, or a partial success that rejects nothing and says nothing, is a full success.
struct OtlpAnswer {
    qint64 rejected = 0;
    QString message; // the receiver's words, at most 300 characters
};
std::optional<OtlpAnswer> readOtlpAnswer(const QByteArray &body, OtlpEncoding encoding); // nullopt: it is no such message
// What a refusal says (google.rpc.Status, or plain text), at most 300 characters of it.
QString readOtlpRefusal(const QByteArray &body, OtlpEncoding encoding);

} // namespace howdah::health
