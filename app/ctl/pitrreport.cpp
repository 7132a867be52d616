// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/pitrreport.h"

#include "backup/evidence.h"
#include "base/paths.h"
#include "ctl/terminal.h"

#include <QDateTime>
#include <QDir>
#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

struct ReportOptions {
    std::string id, folder;
};

Result<Answer> report(Ctl &, const ReportOptions &options)
{
    QString id = QString::fromStdString(options.id);
    if (id.isEmpty()) {
        const auto all = keptEvidence();
        if (!all)
            return fail(all.error());
        if (all->isEmpty())
            return fail(ErrorKind::Client, u"no_such_report"_s, u"Nothing was rehearsed here yet"_s, u"howdahctl pitr rehearse"_s);
        id = all->constLast();
    }
    const auto evidence = readEvidence(id);
    if (!evidence)
        return fail(evidence.error());
    QJsonObject json = evidence->toJson();
    QString text = evidence->toMarkdown();
    if (!options.folder.empty()) {
        const auto files = writeReport(*evidence, QDir(QString::fromStdString(options.folder)).absolutePath());
        if (!files)
            return fail(files.error());
        json.insert(u"files"_s, QJsonArray::fromStringList(*files));
        text = files->join(u'\n') + u'\n';
    }
    const bool proves = evidence->outcome.value("good"_L1).toBool();
    return Answer{json, text, proves ? ExitCode::Success : ExitCode::Findings};
}

} // namespace

void noteEvidence(const QString &rehearsal, const QString &what, const QString &words, const QJsonObject &facts)
{
    if (Done kept = addEvidence(rehearsal, {QDateTime::currentMSecsSinceEpoch(), what, words, facts}); !kept)
        toErrors(printable(u"howdahctl: the evidence of %1 is without this: %2\n"_s.arg(rehearsal, kept.error().text())));
}

void addReportVerb(CLI::App *pitr, Ctl &ctl)
{
    const auto options = std::make_shared<ReportOptions>();
    CLI::App *verb = pitr->add_subcommand("report", "The evidence of a recovery: hashes of what it was made from, where it stopped, what was checked, compared and done, and how long it took; exit 5 where it proves nothing");
    verb->fallthrough();
    verb->add_option("id", options->id, "Of which rehearsal; without it the newest");
    verb->add_option("--to", options->folder, "A folder, where it is written as <id>.md and <id>.json");
    verb->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return report(c, *options); }); });
}

} // namespace howdah::ctl
