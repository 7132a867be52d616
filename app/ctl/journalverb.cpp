// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl journal: what Howdah changed, newest first.
#include "base/units.h"
#include "ctl/ctl.h"
#include "ctl/terminal.h"
#include "ctl/timewords.h"
#include "store/journaltext.h"

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

struct JournalOptions {
    std::string search;
    std::string since;
    int limit = 100;
    bool csv = false;
};

// Columns as wide as what stands in them; what a server or a person wrote stays on its line.
QString tableOf(const QVector<store::JournalEntry> &entries)
{
    QVector<QStringList> lines{{u"WHEN"_s, u"WHO"_s, u"SERVER"_s, u"ACTION"_s, u"OUTCOME"_s, u"TOOK"_s}};
    for (const store::JournalEntry &entry : entries) {
        const auto took = store::durationMs(entry);
        lines << QStringList{QDateTime::fromMSecsSinceEpoch(entry.startedMs).toString(u"yyyy-MM-dd HH:mm:ss"_s), units::oneLine(entry.who),
                             units::oneLine(entry.target), units::oneLine(entry.action), units::oneLine(store::outcomeText(entry)),
                             took ? units::duration(*took) : u"not known"_s};
    }
    QList<qsizetype> widths(lines.first().size());
    for (const QStringList &line : std::as_const(lines)) {
        for (qsizetype i = 0; i < line.size(); ++i)
            widths[i] = qMax(widths[i], line.at(i).size());
    }
    QString text;
    for (const QStringList &line : std::as_const(lines)) {
        for (qsizetype i = 0; i + 1 < line.size(); ++i)
            text += line.at(i).leftJustified(widths.at(i) + 2);
        text += line.last() + u'\n';
    }
    return text;
}

Result<Answer> showJournal(Ctl &ctl, const JournalOptions &options)
{
    const QString since = QString::fromStdString(options.since);
    const auto from = since.isEmpty() ? std::optional<qint64>(0) : momentMs(since);
    if (!from)
        return fail(ErrorKind::Client, u"usage"_s, u"--since %1 is no time"_s.arg(since), u"30m, 2h, 1d, 1w, 2026-11-25 or 2026-11-25T18:00:00Z"_s);
    if (options.csv && ctl.json)
        return fail(ErrorKind::Client, u"usage"_s, u"--csv and --json are two forms of one output"_s, u"Give one of them"_s);
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    const auto entries = store::searchJournal(**store, QString::fromStdString(options.search), options.limit, 0, *from);
    if (!entries)
        return fail(entries.error());
    if (options.csv) {
        toOutput(store::journalToCsv(*entries));
        return Answer{};
    }
    QString text = tableOf(*entries);
    if (entries->isEmpty())
        text = options.search.empty() && since.isEmpty() ? u"The journal is empty: Howdah has changed nothing yet.\n"_s : u"Nothing of that in the journal.\n"_s;
    else if (entries->size() == options.limit)
        text += u"The newest %1; --limit shows more.\n"_s.arg(options.limit);
    return Answer{store::journalToJson(*entries), text, ExitCode::Success};
}

} // namespace

void addJournalVerb(CLI::App &app, Ctl &ctl)
{
    const auto options = std::make_shared<JournalOptions>();
    auto *verb = app.add_subcommand("journal", "What Howdah itself changed on servers and stacks: when, who, the exact statements, how it ended, the undo; newest first.\n"
                                                "What you run by query is in the history of the Query pane");
    verb->add_option("--search", options->search, "Those with this in any of their texts");
    verb->add_option("--since", options->since, "Begun since: 30m, 2h, 1d, 1w, or a date or time as in ISO 8601");
    verb->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1'000'000))->capture_default_str();
    verb->add_flag("--csv", options->csv, "All fields as CSV (RFC 4180); --json gives them as one object");
    verb->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return showJournal(c, *options); }); });
}

} // namespace howdah::ctl
