// SPDX-License-Identifier: GPL-3.0-or-later
// JSON as EXPLAIN writes it, read so that nothing is lost: numbers stay as written (Qt's reader makes doubles of large ones), members stay
// in order and may come twice, each value knows its line. Bounded in depth and in values. Pure function, any thread.
// Errors: Client/plan_not_read, with the line in the message.
#pragma once

#include "base/result.h"

#include <QVector>

#include <vector>

namespace howdah::plan
{

struct JsonNode {
    enum class Kind { Null, Bool, Number, String, Array, Object };
    Kind kind = Kind::Null;
    QString name;  // as a member of an object
    QString text;  // of a string; of a number as written; "true", "false"
    std::vector<JsonNode> items; // of an array; of an object, with names
    int line = 0;

    const JsonNode *member(QStringView called) const; // the first; null: none
};

inline constexpr int maxJsonDepth = 1000;
inline constexpr qsizetype maxJsonValues = 4'000'000;

// `numbers`: of each line of the text, where it is part of another; empty: counted from 1.
Result<JsonNode> readJson(QStringView text, const QVector<int> &numbers = {});

} // namespace howdah::plan
