// SPDX-License-Identifier: GPL-3.0-or-later
// What pg_stat_statements counts of a statement, as whole numbers that can be subtracted and added without loss. Plain values, any thread.
#pragma once

#include <QString>
#include <QStringView>

#include <array>
#include <optional>

namespace howdah::statements
{

// In the order in which they are stored (pack.h): what most statements have comes first. New ones go to the end. Times are nanoseconds: the
// server measures in these and shows milliseconds.
enum class Measure {
    Calls, ExecTime, Rows, SharedHit, SharedRead, SharedDirtied, SharedWritten, WalRecords, WalBytes, WalImages,
    Plans, PlanTime, ReadTime, WriteTime, TempRead, TempWritten, TempReadTime, TempWriteTime,
    LocalHit, LocalRead, LocalDirtied, LocalWritten, LocalReadTime, LocalWriteTime,
    WalBuffersFull, JitFunctions, JitTime, WorkersWanted, WorkersLaunched
};
inline constexpr int measureCount = int(Measure::WorkersLaunched) + 1;

enum class Unit { Count, Nanoseconds, Blocks, Bytes };

struct MeasureFacts {
    const char *name;    // stable: "exec_time"; in JSON with its unit: "exec_ms"
    const char *json;
    Unit unit;
    // A statement's figure holds what the statements that it calls (functions, triggers) did too: of these only those that a client sent add up.
    bool inclusive;
    // Its expression over the columns of pg_stat_statements(), and the columns that must be there for it; a second spelling for older extensions.
    const char *expression;
    const char *columns;
    const char *olderExpression;
    const char *olderColumns;
};
const MeasureFacts &factsOf(Measure measure);
std::optional<Measure> measureFromName(QStringView name); // by its stable name

using Measures = quint32; // a set of them: bit int(measure)
constexpr Measures bitOf(Measure measure) { return Measures(1) << int(measure); }

// What was counted. The sums of squares (ms²) rebuild a standard deviation: calls · (stddev² + mean²), the one form of these lifetime
// figures that can be subtracted and added.
struct Counters {
    std::array<qint64, measureCount> values{};
    double execSquares = 0;
    double planSquares = 0;

    qint64 operator[](Measure measure) const { return values[size_t(measure)]; }
    qint64 &operator[](Measure measure) { return values[size_t(measure)]; }
    Counters &operator+=(const Counters &other);
    Counters operator-(const Counters &other) const;
    bool isZero() const; // of the whole numbers
    bool operator==(const Counters &) const = default;

    // nullopt: not called (planned) at all.
    std::optional<double> meanExecMs() const;
    std::optional<double> stddevExecMs() const;
    std::optional<double> meanPlanMs() const;
    std::optional<double> stddevPlanMs() const;
};

} // namespace howdah::statements
