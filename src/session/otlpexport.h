// SPDX-License-Identifier: GPL-3.0-or-later
// What a profile says of the export of its server's metrics by OTLP. The headers, which hold a token, are in the keychain alone. health/otlpprofile.h
// makes settings of it. A plain value; any thread.
#pragma once

#include <QString>

namespace howdah::session
{

struct OtlpExport {
    // Unsaid: the standard OTEL_* variables hold. On and Off go before them.
    enum class Choice { Unsaid, On, Off };
    enum class Encoding { Protobuf, Json };

    Choice choice = Choice::Unsaid;
    QString endpoint; // "https://collector:4318"; /v1/metrics is added where it does not end so. Needed for On.
    Encoding encoding = Encoding::Protobuf;
    int intervalS = 60;
    QString caFile;          // PEM; only its authorities are trusted then
    bool names = false;      // of databases, schemas, tables and indexes instead of their oids
    bool hasHeaders = false; // the keychain has some: where it does not answer, nothing is sent without them
    bool operator==(const OtlpExport &) const = default;
};

} // namespace howdah::session
