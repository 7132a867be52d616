// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial/labtrial.h"

#include <QDateTime>

namespace howdah::trial
{

using namespace Qt::StringLiterals;

namespace
{

// What stays whatever happens, and what would if this program were killed.
Result<QStringList> mayStay(const TrialRequest &request)
{
    auto lasting = lastingOf(request);
    const auto remedies = remediesOf(request.remedies);
    if (!lasting || !remedies)
        return lasting;
    for (const Remedy &remedy : *remedies) {
        if (remedy.canBePutBack() && remedy.kind != Remedy::Kind::Setting)
            lasting->append(remedy.text);
    }
    return lasting;
}

} // namespace

Result<Trial> tryOnLab(const QString &name, const QString &database, TrialRequest request, const Progress &progress, const CancelToken &cancel)
{
    auto noted = mayStay(request);
    if (!noted)
        return fail(std::move(noted.error()));
    const auto lab = backup::findLab(name, cancel);
    if (!lab)
        return fail(lab.error());
    const backup::Rehearsal &copy = lab->rehearsal;
    if (!lab->running)
        return fail(ErrorKind::Client, u"not_running"_s, u"The lab %1 does not run"_s.arg(name), u"docker start %1"_s.arg(copy.id));
    const auto link = pg::Connection::open(copy.spec(database), {}, cancel);
    if (!link)
        return fail(Error(link.error()).during(u"connect to the lab %1"_s.arg(name)));
    request.where = u"the lab %1 of %2, PostgreSQL %3"_s.arg(name, QDateTime::fromMSecsSinceEpoch(copy.atMs).toUTC().toString(Qt::ISODate),
                                                             (*link)->facts().serverVersion);
    if (request.role == copy.superuser)
        request.role.clear();
    // An earlier one's note is not ours to take out.
    noted->removeIf([&](const QString &one) { return copy.changed.contains(one); });
    if (Done written = backup::noteChanged(name, *noted, cancel); !written)
        return fail(std::move(written.error()));
    QStringList stays;
    auto tried = tryOnLab(**link, request, progress, cancel, &stays);
    noted->removeIf([&](const QString &one) { return stays.contains(one); });
    // Not to be cancelled.
    const Done taken = backup::noteTakenBack(name, *noted);
    if (!tried)
        return tried;
    if (!taken)
        tried->notes.append(u"The lab's note of what was changed says too much: %1"_s.arg(taken.error().text()));
    if (!copy.changed.isEmpty())
        tried->notes.append(u"The lab had been changed since it was made: %1"_s.arg(copy.changed.join(u"; "_s)));
    return tried;
}

} // namespace howdah::trial
