// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/backupstand.h"

#include "backup/backupchange.h"
#include "ctl/journalled.h"
#include "ctl/terminal.h"

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

backup::StandChoice choiceOf(const session::Profile &profile, const BackupOptions &options)
{
    return {profile, QString::fromStdString(options.folder), {}, options.readAgain};
}

backup::StandSeams seamsOf(Ctl &ctl)
{
    return {[&ctl](const store::SecretKey &key) { return ctl.readSecret(key); }, [&ctl] { return ctl.connect(); }, [&ctl](const QString &role) { return ctl.prepared(role); }};
}

Result<BackupStand> backupStandOf(Ctl &ctl, const BackupOptions &options, bool ofServer)
{
    BackupStand stand;
    auto target = ctl.target();
    // A folder is read without a server.
    if (!target && (ofServer || options.folder.empty()))
        return fail(std::move(target.error()));
    if (target)
        stand.profile = target->profile;
    auto place = backup::openPlace(choiceOf(stand.profile, options), ofServer, seamsOf(ctl), ctl.progress(), ctl.cancel());
    if (!place && place.error().reason == "no_place"_L1)
        return fail(ErrorKind::Client, u"usage"_s, place.error().message, ofServer ? u"--to FOLDER"_s : u"--in FOLDER"_s);
    if (!place)
        return fail(std::move(place.error()));
    stand.place = std::move(*place);
    return stand;
}

session::ChangePlan backupPlanOf(const BackupStand &stand, const QString &title)
{
    return backup::backupChange(stand.place, stand.profile.environment, title);
}

Result<Answer> changeInJournal(Ctl &ctl, const session::ChangePlan &plan, const std::function<Result<Answer>()> &task)
{
    Result<Answer> answer = Answer();
    const Result<Done> kept = journalled(ctl, entryOf(plan), [&]() -> JournalEnd {
        answer = task();
        if (answer)
            return {answer->exit == ExitCode::Success ? u"done"_s : u"failed"_s, answer->text};
        return {answer.error().kind == ErrorKind::Cancelled ? u"cancelled"_s : u"failed"_s, answer.error().text()};
    });
    if (!kept)
        return fail(kept.error());
    if (!*kept)
        toErrors(printable(u"howdahctl: the journal has no end of this: %1\n"_s.arg(kept->error().text())));
    return answer;
}

} // namespace howdah::ctl
