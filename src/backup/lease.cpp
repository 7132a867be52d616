// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/lease.h"

#include "backup/moment.h"
#include "backup/repositorylist.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QUuid>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int taken = 17; // of the script: somebody has it

// $0: the folder. $1: what may be replaced, "" for nothing. Our words come in by standard input; whose they are goes out.
constexpr auto takeScript = "umask 077; mkdir -p -- \"$0\" && exec 9<\"$0\" && flock -w 20 9 || exit 75; "
                           "if [ -s \"$0/.lease\" ] && [ \"$(cat -- \"$0/.lease\")\" != \"$1\" ]; then cat -- \"$0/.lease\"; exit 17; fi; "
                           "cat >\"$0/.lease.new\" && sync -- \"$0/.lease.new\" && mv -fT -- \"$0/.lease.new\" \"$0/.lease\""_L1;
constexpr auto giveScript = "exec 9<\"$0\" && flock -w 20 9 || exit 75; [ \"$(cat -- \"$0/.lease\" 2> /dev/null)\" != \"$1\" ] || rm -f -- \"$0/.lease\""_L1;

Result<tool::Outcome> call(const Repository &repository, QLatin1StringView script, const QByteArray &replaced, const QByteArray &input, const CancelToken &cancel)
{
    return repository.toolbox().run({u"sh"_s, {u"-c"_s, QString(script), repository.root() + "/base"_L1, QString::fromUtf8(replaced)}, input, 60'000}, cancel);
}

} // namespace

Result<Lease> Lease::take(const Repository &repository, const QString &what, const CancelToken &cancel)
{
    QJsonObject words = Owner::ourselves().toJson();
    words.insert(u"what"_s, what);
    words.insert(u"since_ms"_s, QDateTime::currentMSecsSinceEpoch());
    words.insert(u"id"_s, QUuid::createUuid().toString(QUuid::WithoutBraces)); // two tasks of one process are two
    const QByteArray ours = QJsonDocument(words).toJson(QJsonDocument::Compact);
    QByteArray theirs;
    // Of one that is gone the lease is replaced, where it is still that one's.
    for (int round = 0; round < 3; ++round) {
        const auto said = call(repository, takeScript, theirs, ours, cancel);
        if (!said)
            return fail(Error(said.error()).during(u"wait for the turn in %1"_s.arg(repository.name())));
        if (said->exitCode == 0)
            return Lease(repository, ours);
        if (said->exitCode != taken)
            return fail(ErrorKind::Io, u"no_lease"_s, u"Nobody's turn can be kept in %1"_s.arg(repository.name()), QString::fromUtf8(said->lastLines.join('\n')));
        theirs = said->output.trimmed();
        const QJsonObject other = QJsonDocument::fromJson(theirs).object();
        const Owner owner = Owner::fromJson(other);
        const Owner::State state = owner.state();
        if (state == Owner::State::Gone)
            continue;
        if (other.isEmpty() && !theirs.isEmpty())
            return fail(ErrorKind::Io, u"no_lease"_s, u"Whose turn it is in %1 is not understood"_s.arg(repository.name()), u"Remove %1/base/.lease if nobody is at work there"_s.arg(repository.root()));
        return fail(ErrorKind::Tool, u"in_use"_s,
                    u"%1 is in use: %2, by process %3 of %4 since %5"_s.arg(repository.name(), other.value("what"_L1).toString().left(200)).arg(owner.process)
                        .arg(owner.host, momentText(other.value("since_ms"_L1).toInteger() / 1000 * 1'000'000)),
                    state == Owner::State::Lives ? u"Wait for its end"_s : u"Wait for its end; if it is gone, which can't be told here, remove %1/base/.lease"_s.arg(repository.root()));
    }
    return fail(ErrorKind::Tool, u"in_use"_s, u"%1 is in use by others, one after the other"_s.arg(repository.name()), u"Wait for their end"_s);
}

Lease::~Lease()
{
    // Where it can't be given back, the next one sees that we are gone.
    if (m_repository)
        std::ignore = call(*m_repository, giveScript, m_ours, {}, {});
}

} // namespace howdah::backup
