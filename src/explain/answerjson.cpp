// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/explain.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace howdah::explain
{

using namespace Qt::StringLiterals;

QString rungName(Rung rung)
{
    switch (rung) {
    case Rung::AsItIs: return u"as_it_is"_s;
    case Rung::AnyValues: return u"generic_plan"_s;
    case Rung::Values: return u"custom_plan"_s;
    case Rung::AnyValuesPrepared: return u"generic_plan_prepared"_s;
    }
    return {};
}

static QString kindName(Answer::Kind kind)
{
    switch (kind) {
    case Answer::Kind::Planned: return u"planned"_s;
    case Answer::Kind::ValuesWanted: return u"values_wanted"_s;
    case Answer::Kind::ConsentWanted: return u"consent_wanted"_s;
    }
    return {};
}

QJsonObject toJson(const Answer &answer)
{
    QJsonObject json{{u"answer"_s, kindName(answer.kind)}, {u"search_path"_s, answer.searchPath}};
    if (answer.plan) {
        json.insert(u"rung"_s, rungName(answer.rung));
        json.insert(u"ran"_s, answer.ran);
        // As EXPLAIN gave it; Qt keeps whole numbers of 64 bits.
        json.insert(u"plan"_s, QJsonDocument::fromJson(answer.json).array());
    }
    if (!answer.reason.isEmpty())
        json.insert(u"reason"_s, answer.reason);
    if (!answer.explained.isEmpty())
        json.insert(u"explained"_s, answer.explained);
    QJsonArray parameters;
    for (const Parameter &parameter : answer.parameters) {
        const QJsonValue type = parameter.type.isEmpty() ? QJsonValue() : QJsonValue(parameter.type);
        QJsonObject one{{u"number"_s, parameter.number}, {u"type"_s, type}, {u"given"_s, parameter.given}};
        if (parameter.isWord)
            one.insert(u"word"_s, parameter.why);
        parameters.append(one);
    }
    json.insert(u"parameters"_s, parameters);
    json.insert(u"writes"_s, answer.writes);
    QJsonArray lasting;
    for (const Effect &effect : answer.lasting)
        lasting.append(effectText(effect));
    json.insert(u"not_rolled_back"_s, lasting);
    json.insert(u"warnings"_s, QJsonArray::fromStringList(answer.warnings));
    return json;
}

} // namespace howdah::explain
