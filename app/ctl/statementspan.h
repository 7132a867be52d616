// SPDX-License-Identifier: GPL-3.0-or-later
// Which time a verb of statements is asked about, and what is kept of it.
#pragma once

#include "ctl/ctl.h"
#include "statements/history.h"

namespace howdah::ctl
{

struct Span {
    qint64 fromMs = 0;
    qint64 toMs = 0;
};

struct SpanOptions {
    std::string from;
    std::string to = "now";
    std::string last;
    bool isGiven() const { return !from.empty() || !last.empty() || to != "now"; }
};

void addSpan(CLI::App *verb, SpanOptions &span);
tl::unexpected<Error> noTime(const QString &text);
// Errors: Client/usage.
Result<Span> spanOf(const QString &from, const QString &to);
Result<Span> spanOf(const SpanOptions &options);
// Errors: Client/no_profile, no_history; the store's.
Result<statements::TopList> historyFrom(Ctl &ctl, const Span &span);

} // namespace howdah::ctl
