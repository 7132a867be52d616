// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/controldata.h"

#include <algorithm>
#include <iterator>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

QMap<QString, QString> parseControlData(const QByteArray &said)
{
    QMap<QString, QString> facts;
    for (const QString &line : QString::fromUtf8(said).split(u'\n')) {
        if (const qsizetype colon = line.indexOf(u':'); colon > 0)
            facts.insert(line.first(colon).trimmed(), line.sliced(colon + 1).trimmed());
    }
    return facts;
}

namespace
{

constexpr const char *floorNames[] = {"max_connections setting", "max_worker_processes setting", "max_wal_senders setting", "max_prepared_xacts setting", "max_locks_per_xact setting"};

} // namespace

RecoveryFloors floorsOf(const QMap<QString, QString> &controlData)
{
    RecoveryFloors floors{};
    for (std::size_t i = 0; i < floors.size(); ++i)
        floors[i] = std::max(0, controlData.value(QLatin1StringView(floorNames[i])).toInt());
    return floors;
}

bool hasFloors(const QMap<QString, QString> &controlData)
{
    return std::all_of(std::begin(floorNames), std::end(floorNames), [&](const char *name) {
        bool is = false;
        controlData.value(QLatin1StringView(name)).toInt(&is);
        return is;
    });
}

RecoveryFloors atLeast(const RecoveryFloors &one, const RecoveryFloors &other)
{
    RecoveryFloors greater{};
    std::transform(one.cbegin(), one.cend(), other.cbegin(), greater.begin(), [](qint32 a, qint32 b) { return std::max(a, b); });
    return greater;
}

QStringList settingsOf(const RecoveryFloors &floors)
{
    QStringList settings;
    static constexpr const char *names[] = {"max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_transactions", "max_locks_per_transaction"};
    for (std::size_t i = 0; i < floors.size(); ++i) {
        if (floors[i] > 0)
            settings << u"%1 = %2"_s.arg(QLatin1StringView(names[i])).arg(floors[i]);
    }
    return settings;
}

} // namespace howdah::backup
