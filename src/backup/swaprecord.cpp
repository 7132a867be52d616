// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/swaprecord.h"

#include "backup/moment.h"
#include "base/paths.h"
#include "base/savefile.h"
#include "base/units.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <array>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

struct StepWords {
    SwapStep step;
    QLatin1StringView word; // kept
    QLatin1StringView text; // for people
};
constexpr std::array stepWords{
    StepWords{SwapStep::None, "none"_L1, "Nothing yet"_L1},
    StepWords{SwapStep::Prepare, "prepare"_L1, "Stop the copy and make it ready"_L1},
    StepWords{SwapStep::Fence, "fence"_L1, "Fence the server off"_L1},
    StepWords{SwapStep::Archive, "archive"_L1, "Archive the last WAL"_L1},
    StepWords{SwapStep::Stop, "stop"_L1, "Stop the server"_L1},
    StepWords{SwapStep::Switch, "switch"_L1, "Put the copy in the data's place"_L1},
    StepWords{SwapStep::Start, "start"_L1, "Start on the copy, fenced off"_L1},
    StepWords{SwapStep::Prove, "prove"_L1, "Prove that it is the copy"_L1},
    StepWords{SwapStep::Open, "open"_L1, "Let everybody in"_L1},
    StepWords{SwapStep::Backup, "backup"_L1, "Take the first backup of the new branch"_L1},
};

constexpr std::array<std::pair<SwapState, QLatin1StringView>, 5> stateWords{{{SwapState::Applying, "applying"_L1},
                                                                             {SwapState::Applied, "applied"_L1},
                                                                             {SwapState::RollingBack, "rolling_back"_L1},
                                                                             {SwapState::RolledBack, "rolled_back"_L1},
                                                                             {SwapState::Retired, "retired"_L1}}};

QString folder()
{
    return paths::dataDir() + u"/swaps"_s;
}

bool isSwapId(const QString &id)
{
    static const QRegularExpression form(u"^swap-\\d{8}T\\d{6}Z\\z"_s);
    return form.match(id).hasMatch();
}

QString fileOf(const QString &id)
{
    return folder() + u'/' + id + u".json"_s;
}

} // namespace

QString swapStepText(SwapStep step)
{
    return stepWords[std::size_t(step)].text;
}

std::optional<qint64> Swap::unreachableMs() const
{
    std::optional<qint64> fenced, took;
    for (const SwapLine &line : lines) {
        if (line.what == swapStepText(SwapStep::Fence) + u": begun"_s)
            fenced = line.atMs;
        else if (fenced && line.what == swapStepText(SwapStep::Open) + u": done"_s)
            took = line.atMs - *fenced;
    }
    return took;
}

QJsonObject Swap::toJson() const
{
    QJsonArray told;
    for (const SwapLine &line : lines)
        told.append(QJsonObject{{u"at_ms"_s, line.atMs}, {u"at"_s, momentText(line.atMs * 1000)}, {u"what"_s, line.what}});
    const auto orNull = [](const QString &text) { return text.isEmpty() ? QJsonValue() : QJsonValue(text); };
    return {{u"id"_s, id},
            {u"stack"_s, stack},
            {u"state"_s, QString(stateWords[std::size_t(state)].second)},
            {u"reached"_s, QString(stepWords[std::size_t(reached)].word)},
            {u"rehearsal"_s, rehearsal},
            {u"old_volume"_s, oldVolume},
            {u"new_volume"_s, newVolume},
            {u"image"_s, image},
            {u"major"_s, major},
            {u"system_identifier"_s, systemIdentifier},
            {u"old_timeline"_s, qint64(oldTimeline)},
            {u"new_timeline"_s, qint64(newTimeline)},
            {u"databases"_s, QJsonArray::fromStringList(databases)},
            {u"old_lsn"_s, orNull(oldLsn.isNone() ? QString() : oldLsn.text())},
            {u"old_segment"_s, orNull(oldSegment)},
            {u"new_lsn"_s, orNull(newLsn.isNone() ? QString() : newLsn.text())},
            {u"unreachable_ms"_s, unreachableMs() ? QJsonValue(*unreachableMs()) : QJsonValue()},
            {u"backup"_s, orNull(backup)},
            {u"failed"_s, orNull(failed)},
            {u"lines"_s, told}};
}

Result<Swap> Swap::fromJson(const QJsonObject &json)
{
    Swap one;
    one.id = json.value("id"_L1).toString();
    one.stack = json.value("stack"_L1).toString();
    one.rehearsal = json.value("rehearsal"_L1).toString();
    one.oldVolume = json.value("old_volume"_L1).toString();
    one.newVolume = json.value("new_volume"_L1).toString();
    one.image = json.value("image"_L1).toString();
    one.major = json.value("major"_L1).toInt();
    one.systemIdentifier = json.value("system_identifier"_L1).toString();
    one.oldTimeline = Timeline(json.value("old_timeline"_L1).toInteger());
    one.newTimeline = Timeline(json.value("new_timeline"_L1).toInteger());
    for (const QJsonValue &database : json.value("databases"_L1).toArray())
        one.databases << database.toString();
    one.oldLsn = Lsn::parse(json.value("old_lsn"_L1).toString()).value_or(Lsn());
    one.oldSegment = json.value("old_segment"_L1).toString();
    one.newLsn = Lsn::parse(json.value("new_lsn"_L1).toString()).value_or(Lsn());
    one.backup = json.value("backup"_L1).toString();
    one.failed = json.value("failed"_L1).toString();
    for (const QJsonValue &line : json.value("lines"_L1).toArray())
        one.lines.append({line["at_ms"_L1].toInteger(), line["what"_L1].toString()});
    bool knownState = false, knownStep = false;
    for (const auto &[state, word] : stateWords) {
        if (json.value("state"_L1).toString() == word) {
            one.state = state;
            knownState = true;
        }
    }
    for (const StepWords &words : stepWords) {
        if (json.value("reached"_L1).toString() == words.word) {
            one.reached = words.step;
            knownStep = true;
        }
    }
    if (!isSwapId(one.id) || !knownState || !knownStep || one.stack.isEmpty() || one.oldVolume.isEmpty() || one.newVolume.isEmpty() || one.oldVolume == one.newVolume || one.major == 0)
        return fail(ErrorKind::Client, u"bad_record"_s, u"The journal of a swap is not understood"_s);
    return one;
}

QString Swap::text() const
{
    QString text;
    switch (state) {
    case SwapState::Applying: text = u"%1: unfinished. The last step that ended well: %2\n  howdahctl pitr apply --resume %1 brings it to its end, howdahctl pitr rollback %1 takes it back\n"_s.arg(id, swapStepText(reached)); break;
    case SwapState::Applied:
        text = u"%1: the stack %2 runs on %3, timeline %4\n  its data of before is kept in %5: howdahctl pitr rollback %1 goes back to it, howdahctl pitr retire %1 removes it for good\n"_s.arg(id, stack, newVolume).arg(newTimeline).arg(oldVolume);
        if (const auto ms = unreachableMs())
            text += u"  nobody was let in for %1\n"_s.arg(units::duration(*ms));
        text += backup.isEmpty() ? u"  a full backup of the new branch is due, and no incremental one can be built on those before it: howdahctl backup create\n"_s : u"  the first full backup of the new branch: %1\n"_s.arg(backup);
        break;
    case SwapState::RollingBack: text = u"%1: on its way back, and not there yet\n  howdahctl pitr rollback %1 goes on\n"_s.arg(id); break;
    case SwapState::RolledBack:
        text = u"%1: taken back, the stack %2 runs on %3\n  the other branch is kept in %4: howdahctl pitr apply --resume %1 puts it in again, howdahctl pitr retire %1 removes it for good\n"_s.arg(id, stack, oldVolume, newVolume);
        break;
    case SwapState::Retired: text = u"%1: closed; what was not in use is removed\n"_s.arg(id); break;
    }
    if (!failed.isEmpty())
        text += u"  ! %1\n"_s.arg(failed);
    return text;
}

Done writeSwap(const Swap &swap)
{
    for (const QString &path : {paths::dataDir(), folder()}) {
        if (Done made = paths::makePrivateDir(path); !made)
            return made;
    }
    return saveFile(fileOf(swap.id), QJsonDocument(swap.toJson()).toJson());
}

Result<Swap> readSwap(const QString &id)
{
    QFile file(fileOf(id));
    if (!isSwapId(id) || !file.exists())
        return fail(ErrorKind::Client, u"no_such_swap"_s, u"There is no swap %1"_s.arg(id), u"howdahctl pitr status lists them"_s);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"bad_record"_s, u"%1 can't be read"_s.arg(file.fileName()));
    return Swap::fromJson(QJsonDocument::fromJson(file.readAll()).object());
}

Result<QVector<Swap>> swaps()
{
    QVector<Swap> all;
    for (const QString &name : QDir(folder()).entryList({u"swap-*.json"_s}, QDir::Files, QDir::Name)) {
        auto one = readSwap(name.chopped(5));
        if (!one)
            return fail(Error(one.error()).during(u"read %1"_s.arg(name)));
        all.append(*std::move(one));
    }
    return all;
}

} // namespace howdah::backup
