// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/guard.h"

#include <algorithm>

namespace howdah::session
{

namespace
{

// Data or a server's state is gone, or another program runs: asked about even where one experiments.
bool destroys(Hazard::Kind kind)
{
    switch (kind) {
    case Hazard::Kind::UpdateWithoutWhere:
    case Hazard::Kind::DeleteWithoutWhere:
    case Hazard::Kind::MergeOfAll:
    case Hazard::Kind::Truncate:
    case Hazard::Kind::Drop:
    case Hazard::Kind::DropDatabase:
    case Hazard::Kind::AlterSystem:
    case Hazard::Kind::CopyProgram:
    case Hazard::Kind::RemoveFiles: return true;
    default: return false;
    }
}

// The server refuses these inside a transaction, or a rollback takes nothing of them back.
bool standsAlone(Hazard::Kind kind)
{
    switch (kind) {
    case Hazard::Kind::DropDatabase:
    case Hazard::Kind::AlterSystem:
    case Hazard::Kind::CopyProgram:
    case Hazard::Kind::CopyServerFile:
    case Hazard::Kind::TerminateBackend:
    case Hazard::Kind::Reload:
    case Hazard::Kind::Vacuum:
    case Hazard::Kind::ReadOnlyOff:
    case Hazard::Kind::RemoveFiles: return true;
    default: return false;
    }
}

// The worst first, as it is the one whose name is typed; among equals the first in the text.
QVector<Hazard> byWeight(QVector<Hazard> hazards)
{
    const auto weight = [](const Hazard &hazard) { return hazard.kind == Hazard::Kind::DropDatabase ? 2 : destroys(hazard.kind) ? 1 : 0; };
    std::stable_sort(hazards.begin(), hazards.end(), [&](const Hazard &a, const Hazard &b) { return weight(a) > weight(b); });
    return hazards;
}

QString sentence(Environment environment, const QVector<Hazard> &hazards, bool writes)
{
    constexpr int told = 3;
    QStringList parts;
    for (const Hazard &hazard : hazards) {
        const QString text = hazardText(hazard);
        if (!parts.contains(text))
            parts << text;
    }
    if (parts.size() > told) {
        const qsizetype more = parts.size() - told;
        parts = parts.mid(0, told);
        parts << QStringLiteral("and %1 more").arg(more);
    }
    if (parts.isEmpty() && writes)
        parts << QStringLiteral("this changes data or definitions");
    return environmentName(environment) + QStringLiteral(": ") + parts.join(QStringLiteral("; "));
}

} // namespace

Guarding guardFor(Environment environment, const QVector<Hazard> &hazards, const QString &serverName, bool writes, bool locked)
{
    const QVector<Hazard> found = byWeight(hazards);
    Guarding guarding;
    switch (environment) {
    case Environment::Development: {
        QVector<Hazard> grave;
        std::copy_if(found.begin(), found.end(), std::back_inserter(grave), [](const Hazard &hazard) { return destroys(hazard.kind); });
        if (!grave.isEmpty()) {
            guarding.demand = Demand::Confirm;
            guarding.why = sentence(environment, grave, writes);
        }
        return guarding;
    }
    case Environment::Test:
        if (!found.isEmpty()) {
            guarding.demand = found.first().kind == Hazard::Kind::DropDatabase ? Demand::Typed : Demand::Confirm;
            guarding.why = sentence(environment, found, writes);
        }
        break;
    case Environment::Production:
        if (found.isEmpty() && !writes)
            return guarding;
        if (locked) {
            guarding.demand = Demand::Refused;
            guarding.why = sentence(environment, found, writes) + QStringLiteral(". This session is read-only by its profile: unlock it first");
            return guarding;
        }
        guarding.demand = found.isEmpty() ? Demand::Confirm : Demand::Typed;
        guarding.why = sentence(environment, found, writes);
        guarding.inTransaction = std::none_of(found.begin(), found.end(), [](const Hazard &hazard) { return standsAlone(hazard.kind); });
        break;
    }
    if (guarding.demand == Demand::Typed)
        guarding.typeThis = found.first().object.isEmpty() ? serverName : found.first().object;
    return guarding;
}

QString readOnlyText(ReadOnlyLayer layer)
{
    switch (layer) {
    case ReadOnlyLayer::None: return QStringLiteral("reads and writes");
    case ReadOnlyLayer::Warning: return QStringLiteral("read-only by our warning alone: nothing on the server holds it");
    case ReadOnlyLayer::SessionSetting: return QStringLiteral("read-only by session setting: a guard rail, SET undoes it");
    case ReadOnlyLayer::Recovery: return QStringLiteral("read-only by recovery: a standby takes no writes until it is promoted");
    case ReadOnlyLayer::RoleRights: return QStringLiteral("read-only by the role's rights: it may write to no table");
    }
    return {};
}

ReadOnlyLayer readOnlyLayer(const ReadOnlyFacts &facts)
{
    if (facts.roleMayWrite && !*facts.roleMayWrite)
        return ReadOnlyLayer::RoleRights;
    if (facts.inRecovery)
        return ReadOnlyLayer::Recovery;
    if (facts.defaultReadOnly)
        return ReadOnlyLayer::SessionSetting;
    return facts.wanted ? ReadOnlyLayer::Warning : ReadOnlyLayer::None;
}

bool manualCommit(Environment environment)
{
    return environment == Environment::Production;
}

} // namespace howdah::session
