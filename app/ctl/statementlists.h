// SPDX-License-Identifier: GPL-3.0-or-later
// What statements did, as howdahctl tells it: JSON objects and lines. Pure functions.
#pragma once

#include "statements/ranking.h"

#include <QJsonObject>

namespace howdah::ctl
{

struct Shown {
    statements::Order order = statements::Order::Total;
    statements::Filter filter;
    int limit = 20;
};

QJsonObject totalJson(const statements::Total &total, const statements::TopList &list);
QJsonObject listJson(const statements::TopList &list, const Shown &shown);
QString listText(const statements::TopList &list, const Shown &shown);
QString periodText(qint64 fromMs, qint64 toMs); // "28 Nov 02:00:00 to 03:00:00 (1 h)"
QString gapsText(const statements::TopList &list); // lines; empty where nothing is missing
QString timeText(double nanoseconds); // "1.23 ms", "4.2 s"
QString whoText(const statements::Key &key, const statements::Names &names); // "ann@orders"
QString statementText(const statements::Total &total, int characters); // one line
QString figureText(double figure, statements::Unit unit);

QJsonObject comparisonJson(const statements::Comparison &comparison, const statements::TopList &before, const statements::TopList &after, int limit);
QString comparisonText(const statements::Comparison &comparison, const statements::TopList &before, const statements::TopList &after, int limit);

} // namespace howdah::ctl
