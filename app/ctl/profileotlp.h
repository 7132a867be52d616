// SPDX-License-Identifier: GPL-3.0-or-later
// What `profile add` and `profile edit` take of the export by OTLP; an option that was not given changes nothing. Internal to howdahctl.
#pragma once

#include "ctl/ctl.h"

#include <optional>
#include <string>

namespace howdah::ctl
{

struct WantedExport {
    std::optional<std::string> choice, endpoint, encoding, caFile, names;
    std::optional<int> intervalS;
    bool headersStdin = false;
    bool noHeaders = false;

    void addTo(CLI::App *verb); // outlives the parsing
    Done apply(session::Profile &profile) const; // Errors: Client/bad_endpoint
    // A line from standard input to the keychain, once the profile is there, or out of it.
    Done keepHeaders(Ctl &ctl, session::Profile &profile) const;
};

} // namespace howdah::ctl
