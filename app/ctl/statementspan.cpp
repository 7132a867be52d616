// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/statementspan.h"

#include "ctl/statementlists.h"
#include "ctl/timewords.h"

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace statements;

void addSpan(CLI::App *verb, SpanOptions &span)
{
    verb->add_option("--last", span.last, "The time until now: 30m, 2h, 1d; 1h where nothing else is said");
    verb->add_option("--from", span.from, "A date or time as in ISO 8601, or so long ago: 2h");
    verb->add_option("--to", span.to, "The same, or now")->capture_default_str();
}

tl::unexpected<Error> noTime(const QString &text)
{
    return fail(ErrorKind::Client, u"usage"_s, u"%1 is no time"_s.arg(text),
                u"30m, 2h, 1d (so long ago), now, 2026-11-25 or 2026-11-25T18:00:00Z"_s);
}

Result<Span> spanOf(const QString &from, const QString &to)
{
    const auto fromMs = momentMs(from);
    const auto toMs = momentMs(to);
    if (!fromMs || !toMs)
        return noTime(fromMs ? to : from);
    if (*fromMs >= *toMs)
        return fail(ErrorKind::Client, u"usage"_s, u"From %1 to %2 is no time at all"_s.arg(from, to));
    return Span{*fromMs, *toMs};
}

Result<Span> spanOf(const SpanOptions &options)
{
    if (!options.from.empty() && !options.last.empty())
        return fail(ErrorKind::Client, u"usage"_s, u"--last and --from are two ways to say the same"_s,
                    u"Give one of them"_s);
    const std::string from = !options.from.empty() ? options.from : !options.last.empty() ? options.last : "1h";
    return spanOf(QString::fromStdString(from), QString::fromStdString(options.to));
}

Result<TopList> historyFrom(Ctl &ctl, const Span &span)
{
    const auto target = ctl.target();
    if (!target)
        return fail(target.error());
    if (target->profile.id.isEmpty())
        return fail(ErrorKind::Client, u"no_profile"_s, u"There is a history of saved servers only"_s,
                    u"--over 10s takes two readings now; --lifetime has the sums since the statistics began"_s);
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    auto list = historyOf(**store, historySource(target->profile.id), span.fromMs, span.toMs);
    if (list && !list->isKnown())
        return fail(ErrorKind::Client, u"no_history"_s,
                    u"Nothing was recorded from %1"_s.arg(periodText(span.fromMs, span.toMs)),
                    u"`howdahctl statements record` records; --over 10s takes two readings now; --lifetime has the "
                    "sums since the statistics began"_s);
    return list;
}

} // namespace howdah::ctl
