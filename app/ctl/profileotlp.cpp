// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/profileotlp.h"

#include "ctl/terminal.h"
#include "health/otlpprofile.h"
#include "session/profilejson.h"

#include <QDir>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

void WantedExport::addTo(CLI::App *verb)
{
    verb->add_option("--otlp", choice, "Exports its metrics by OTLP while it is watched; unsaid: as the OTEL_* variables have it")->check(CLI::IsMember({"on", "off", "unsaid"}));
    verb->add_option("--otlp-endpoint", endpoint, "The collector: https://HOST:4318, or what ends in /v1/metrics");
    verb->add_option("--otlp-encoding", encoding, "protobuf, the default, or json")->check(CLI::IsMember({"protobuf", "json"}));
    verb->add_option("--otlp-interval", intervalS, "Seconds between two exports; 60 where nothing is said")->check(CLI::Range(1, 86'400));
    verb->add_option("--otlp-ca", caFile, "PEM of the CA that signed the collector's certificate");
    verb->add_option("--otlp-names", names, "yes: names of databases, schemas, tables and indexes go too; no, the default: their oids")
        ->check(CLI::IsMember({"yes", "no"}));
    CLI::Option *headers = verb->add_flag("--otlp-headers-stdin", headersStdin, "A header for the collector, as Authorization: Bearer …, from standard input to the keychain");
    verb->add_flag("--no-otlp-headers", noHeaders, "Removes it from the keychain")->excludes(headers);
}

Done WantedExport::apply(session::Profile &profile) const
{
    session::OtlpExport &otlp = profile.otlp;
    const QString keptFor = profile.otlpSecretKey().text();
    if (choice)
        otlp.choice = session::otlpChoiceFromName(QString::fromStdString(*choice));
    if (endpoint)
        otlp.endpoint = QString::fromStdString(*endpoint);
    if (encoding)
        otlp.encoding = *encoding == "json" ? session::OtlpExport::Encoding::Json : session::OtlpExport::Encoding::Protobuf;
    if (intervalS)
        otlp.intervalS = *intervalS;
    if (caFile)
        otlp.caFile = caFile->empty() ? QString() : QDir::current().absoluteFilePath(QString::fromStdString(*caFile));
    if (names)
        otlp.names = *names == "yes";
    if (profile.otlpSecretKey().text() != keptFor)
        otlp.hasHeaders = false; // they were for another receiver
    if (const auto leads = health::profileEndpoint(otlp.endpoint); !otlp.endpoint.isEmpty() && !leads)
        return fail(leads.error());
    return {};
}

Done WantedExport::keepHeaders(Ctl &ctl, session::Profile &profile) const
{
    if (!headersStdin && !noHeaders)
        return {};
    const store::SecretKey key = profile.otlpSecretKey();
    if (noHeaders) {
        if (Done removed = ctl.removeSecret(key); !removed && removed.error().reason != "absent"_L1)
            return removed;
    } else {
        auto line = readPassword(ctl.cancel());
        if (!line)
            return fail(std::move(line.error()));
        if (const auto headers = health::profileHeaders(*line); !headers)
            return fail(headers.error());
        if (Done kept = ctl.writeSecret(key, *line); !kept)
            return kept;
    }
    profile.otlp.hasHeaders = headersStdin;
    auto store = ctl.store();
    if (auto saved = session::saveProfile(**store, profile); !saved)
        return fail(std::move(saved.error()));
    return {};
}

} // namespace howdah::ctl
