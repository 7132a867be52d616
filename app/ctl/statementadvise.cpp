// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/statementadvise.h"

#include "advise/gather.h"
#include "advise/kept.h"
#include "advise/report.h"
#include "base/clock.h"
#include "ctl/planverb.h"
#include "ctl/statementlists.h"
#include "ctl/statementspan.h"
#include "ctl/timewords.h"
#include "statements/listing.h"

#include <map>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int sampleMs = 1000;

struct AdviseOptions {
    SpanOptions span;
    std::string over;
    bool lifetime = false;
    bool noLog = false;
    bool markdown = false;
    int limit = 20;
};

// What the interval brought beside the figures.
struct Seen {
    statements::TopList list;
    std::optional<advise::WaitProfile> waits;
    std::optional<explain::ServerLog> mark; // where the log stood when it began
    QString basis;
};

// The links to the databases of the statements, each opened once; the profile's own role, read-only.
class Links
{
public:
    explicit Links(Ctl &ctl) : m_ctl(ctl) {}

    Result<pg::Connection *> to(const QString &database)
    {
        if (!m_own) {
            auto own = m_ctl.connect(Ctl::Link::Editor);
            if (!own)
                return fail(std::move(own.error()));
            m_own = *std::move(own);
        }
        if (database.isEmpty() || database == m_own->facts().database)
            return m_own.get();
        auto &other = m_others[database];
        if (!other) {
            auto opened = linkToDatabase(m_ctl, *m_own, database);
            if (!opened)
                return fail(std::move(opened.error()));
            other = *std::move(opened);
        }
        return other.get();
    }

private:
    Ctl &m_ctl;
    std::unique_ptr<pg::Connection> m_own;
    std::map<QString, std::unique_ptr<pg::Connection>> m_others;
};

Result<Seen> seenOver(Ctl &ctl, const AdviseOptions &options, pg::Connection &link)
{
    const QString over = QString::fromStdString(options.over);
    const auto ms = spanMs(over);
    if (!ms || *ms < sampleMs)
        return noTime(over);
    Seen seen;
    seen.basis = u"two_readings"_s;
    if (auto mark = options.noLog ? Result<explain::ServerLog>(fail(Error())) : advise::logMark(link, ctl.cancel()))
        seen.mark = *std::move(mark);
    const auto before = statements::readSnapshot(link, ctl.cancel());
    if (!before)
        return fail(before.error());
    advise::WaitWatch watch(sampleMs);
    const Clock clock;
    const Progress progress = ctl.progress();
    const qint64 begin = clock.monotonicMs(), end = begin + *ms;
    for (qint64 at = begin + sampleMs / 2; at < end; at += sampleMs) {
        if (!waitUntil(at, ctl.cancel()))
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled before the second reading"_s);
        // A second that could not be read is a gap; a lost link shows at the second reading.
        if (Done sampled = watch.sample(link, ctl.cancel()); !sampled && sampled.error().kind == ErrorKind::Cancelled)
            return fail(sampled.error());
        progress({u"Watch what statements do"_s, {}, (at - begin) / 1000, *ms / 1000, u"s"_s});
    }
    if (!waitUntil(end, ctl.cancel()))
        return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled before the second reading"_s);
    const auto after = statements::readSnapshot(link, ctl.cancel());
    if (!after)
        return fail(after.error());
    auto list = statements::readListing(link, statements::between(*before, *after), ctl.cancel());
    if (!list)
        return fail(std::move(list.error()));
    seen.list = *std::move(list);
    seen.waits = watch.profile();
    return seen;
}

Result<Seen> seenBefore(Ctl &ctl, const AdviseOptions &options)
{
    const auto span = spanOf(options.span);
    if (!span)
        return fail(span.error());
    auto list = historyFrom(ctl, *span);
    if (!list)
        return fail(std::move(list.error()));
    Seen seen{*std::move(list), {}, {}, u"history"_s};
    const auto target = ctl.target();
    auto store = ctl.store();
    if (!target || !store)
        return seen;
    seen.waits = advise::keptWaits(**store, target->profile.id, seen.list.fromMs, seen.list.toMs);
    return seen;
}

Result<Seen> seenInLifetime(Ctl &ctl, pg::Connection &link)
{
    auto list = statements::readLifetime(link, ctl.cancel());
    if (!list)
        return fail(std::move(list.error()));
    return Seen{*std::move(list), {}, {}, u"lifetime"_s};
}

// By the monitor's link, else by the profile's own role: either may be the one that may read the log.
Result<advise::LoggedPlans> loggedPlans(Ctl &ctl, const Seen &seen, pg::Connection &monitor, Links &links)
{
    auto read = advise::readLogged(monitor, seen.mark, seen.list.fromMs, seen.list.toMs, ctl.cancel());
    if (read || read.error().kind != ErrorKind::Permission)
        return read;
    const auto own = links.to({});
    return own ? advise::readLogged(**own, seen.mark, seen.list.fromMs, seen.list.toMs, ctl.cancel()) : read;
}

Result<Answer> runAdvise(Ctl &ctl, const AdviseOptions &options)
{
    if (int(options.lifetime) + int(!options.over.empty()) + int(options.span.isGiven()) > 1)
        return fail(ErrorKind::Client, u"usage"_s,
                    u"--over, --lifetime and a time of the history are different times"_s, u"Give one of them"_s);
    if (options.markdown && ctl.json)
        return fail(ErrorKind::Client, u"usage"_s, u"--json and --markdown are two forms of the same"_s,
                    u"Give one of them"_s);
    auto monitor = ctl.connect(Ctl::Link::Monitor);
    if (!monitor)
        return fail(std::move(monitor.error()));
    const auto seen = !options.over.empty() ? seenOver(ctl, options, **monitor)
                      : options.lifetime    ? seenInLifetime(ctl, **monitor)
                                            : seenBefore(ctl, options);
    if (!seen)
        return fail(seen.error());
    Links links(ctl);
    advise::Gathering how;
    how.limit = options.limit;
    how.waits = seen->waits;
    how.linkTo = [&links](const QString &database) { return links.to(database); };
    how.progress = ctl.progress();
    QString noLog = u"The server's log was not read (--no-log)"_s;
    if (!options.noLog) {
        if (auto logged = loggedPlans(ctl, *seen, **monitor, links))
            how.logged = *std::move(logged);
        else
            noLog = advise::notReadNote(logged.error());
    }
    auto evidence = advise::gather(seen->list, how, ctl.cancel());
    if (!evidence)
        return fail(std::move(evidence.error()));
    if (!how.logged)
        evidence->notes.prepend(noLog);
    const advise::Advised advised = advise::adviceOf(*evidence);
    QJsonObject json = advise::toJson(advised, *evidence);
    json.insert("basis"_L1, seen->basis);
    const QString head =
        seen->list.fromMs ? periodText(seen->list.fromMs, seen->list.toMs) : u"All since the statistics began"_s;
    const QString text = options.markdown ? advise::markdown(advised, *evidence)
                                          : head + u'\n' + gapsText(seen->list) + advise::text(advised, *evidence);
    const bool blind = !evidence->looked.isEmpty() && evidence->withPlans() == 0; // no advice says nothing then
    return Answer{json, text,
                  !advised.advice.isEmpty() ? ExitCode::Findings
                  : blind                   ? ExitCode::Failed
                                            : ExitCode::Success};
}

} // namespace

void addAdviseVerb(CLI::App *statements, Ctl &ctl)
{
    CLI::App *verb = statements->add_subcommand(
        "advise", "Why statements are slow, with the evidence, and what would mend it; nothing is run or changed.\n"
                  "Exit code 5 where there is advice, 1 where there is none and no plan could be had");
    const auto options = std::make_shared<AdviseOptions>();
    addSpan(verb, options->span);
    verb->add_option("--over", options->over,
                     "Without the history: two readings now, so long apart (30s), and what is waited for in between");
    verb->add_flag("--lifetime", options->lifetime, "Without the history: all since the statistics began");
    verb->add_option("--limit", options->limit, "So many of the heaviest statements are looked at")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    verb->add_flag("--no-log", options->noLog, "Do not look for auto_explain's plans in the server's log");
    verb->add_flag("--markdown", options->markdown, "A report for a ticket: figures, plans and advice");
    verb->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return runAdvise(c, *options); }); });
}

} // namespace howdah::ctl
