// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/backupstand.h"

#include "ctl/journalled.h"
#include "ctl/terminal.h"

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

static constexpr int newest = 18; // of whose major a folder's backups are taken to be, where no server says

Result<BackupStand> backupStandOf(Ctl &ctl, const BackupOptions &options, bool ofServer)
{
    BackupStand stand;
    const QString folder = QString::fromStdString(options.folder);
    auto target = ctl.target();
    // A folder is read without a server.
    if (!target && (ofServer || folder.isEmpty()))
        return fail(std::move(target.error()));
    if (target)
        stand.profile = target->profile;
    const QString stack = stand.profile.stack;
    Result<backup::PhysicalPlace> place = backup::PhysicalPlace();
    if (folder.isEmpty()) {
        if (stack.isEmpty())
            return fail(ErrorKind::Client, u"usage"_s, u"%1 is no stack of this machine: name the folder of its backups"_s.arg(stand.profile.name.isEmpty() ? stand.profile.spec.address() : stand.profile.name),
                        ofServer ? u"--to FOLDER"_s : u"--in FOLDER"_s);
        place = backup::openStackPlace(stack, ctl.progress(), ctl.cancel());
    } else if (!ofServer) {
        place = backup::openFolderPlace(folder, newest, stack.isEmpty() ? u"howdah"_s : stack, ctl.progress(), ctl.cancel());
    } else if (!stack.isEmpty()) {
        const store::SecretKey key{stand.profile.id, stand.profile.spec.host, stand.profile.spec.port, u"howdah_replication"_s};
        const auto password = ctl.readSecret(key);
        if (!password)
            return fail(password.error());
        place = backup::openFolderPlaceOfStack(folder, stack, *password, ctl.progress(), ctl.cancel());
    } else {
        auto link = ctl.connect();
        if (!link)
            return fail(std::move(link.error()));
        const int major = (*link)->facts().serverVersionNum / 10000;
        auto prepared = ctl.prepared(stand.profile.spec.role);
        if (!prepared)
            return fail(std::move(prepared.error()));
        if (prepared->via.isSet())
            return fail(ErrorKind::Client, u"not_supported"_s, u"No base backup is taken through a tunnel yet"_s);
        place = backup::openFolderPlaceOfServer(folder, major, u"howdah"_s, stand.profile.spec, prepared->secret, ctl.progress(), ctl.cancel());
    }
    if (!place)
        return fail(std::move(place.error()));
    stand.place = std::move(*place);
    if (ofServer && !stand.place.source)
        return fail(ErrorKind::Tool, u"not_running"_s, u"The stack %1 is not running"_s.arg(stack), u"Start it: howdahctl stack up --name %1"_s.arg(stack));
    return stand;
}

session::ChangePlan backupPlanOf(const BackupStand &stand, const QString &title)
{
    session::ChangePlan plan;
    plan.title = title;
    plan.verb = title;
    plan.server = stand.place.source ? stand.place.source->name : stand.place.repository->name();
    plan.role = stand.place.source ? stand.place.source->role : QString();
    plan.environment = stand.profile.environment;
    plan.transactional = false;
    return plan;
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
