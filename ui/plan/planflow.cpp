// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/planflow.h"

#include "base/async.h"
#include "pg/identifiers.h"
#include "plan/facts.h"
#include "plan/parse.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

const QString notAsked = u"The server was not asked: which indexes there are and how old the statistics are is not known here."_s;

QString noteOf(const plan::Facts &facts)
{
    return facts.notPermitted.isEmpty() ? QString()
                                        : u"Not permitted to know of this server: %1. What depends on it is not told."_s.arg(facts.notPermitted.join(u", "_s));
}

QString notRead(const Error &error)
{
    return u"What the server knows of the plan's tables could not be read: %1"_s.arg(error.message);
}

FoundPlan foundOf(const plan::Plan &plan, const plan::Facts *facts, const QString &raw)
{
    return {figuresOf(plan, plan::findingsOf(plan, facts)), raw};
}

Result<FoundPlans> asFound(pg::Connection &connection, const explain::Answer &answer, const CancelToken &cancel)
{
    FoundPlans found;
    found.answer = answer;
    const auto facts = plan::readFacts(connection, {*answer.plan}, pg::identifiersOf(answer.searchPath, u','), cancel);
    if (!facts && facts.error().kind == ErrorKind::Cancelled)
        return fail(facts.error());
    found.asked = facts.has_value();
    // The plan is there all the same.
    found.note = facts ? noteOf(*facts) : notRead(facts.error());
    found.plans.append(foundOf(*answer.plan, facts ? &*facts : nullptr, QString::fromUtf8(answer.json)));
    return found;
}

} // namespace

PlanFlow::PlanFlow(const PaneContext &context, QObject *parent) : QObject(parent), m_context(context), m_reader(u"plans"_s)
{
}

PlanFlow::~PlanFlow()
{
    m_cancel.cancel();
}

void PlanFlow::setBusy(bool busy)
{
    if (busy == m_busy)
        return;
    m_busy = busy;
    emit busyChanged(busy);
}

pg::Session *PlanFlow::link(const QString &database)
{
    if (m_session && m_database == database)
        return m_session;
    delete m_session;
    m_database = database;
    m_session = m_context.editorLink(database, this);
    return m_session;
}

template<typename T, typename Fn>
void PlanFlow::await(const QFuture<Result<T>> &future, Fn fn)
{
    await<T>(future, std::move(fn), [this](const Error &error) { emit failed(error); });
}

template<typename T, typename Fn, typename Failed>
void PlanFlow::await(const QFuture<Result<T>> &future, Fn fn, Failed otherwise)
{
    setBusy(true);
    async::onFinished(future, this, [this, number = m_number, fn = std::move(fn), otherwise = std::move(otherwise)](const Result<T> &result) {
        if (number != m_number)
            return;
        setBusy(false);
        if (result)
            fn(*result);
        else
            otherwise(result.error());
    });
}

void PlanFlow::read(const QString &text, bool askServer, const QString &database)
{
    cancel();
    const auto parsed = m_reader.run([text, findings = !(askServer && mayAsk())]() -> Result<FoundPlans> {
        const auto plans = plan::parsePlans(text);
        if (!plans)
            return fail(plans.error());
        FoundPlans found;
        found.note = notAsked;
        for (const plan::Plan &one : *plans)
            found.plans.append(findings ? foundOf(one, nullptr, text) : FoundPlan{figuresOf(one, {}), text});
        return found;
    });
    if (!askServer || !mayAsk())
        return await<FoundPlans>(parsed, [this](const FoundPlans &found) { emit this->found(found); });
    await<FoundPlans>(parsed, [this, database](const FoundPlans &found) {
        QVector<plan::Plan> plans;
        for (const FoundPlan &one : found.plans)
            plans.append(one.plan->plan);
        m_cancel = CancelToken();
        const auto known = link(database)->run(
            [found, plans](pg::Connection &connection, const CancelToken &stop) -> Result<FoundPlans> {
                const auto facts = plan::readFacts(connection, plans, {u"public"_s}, stop);
                if (!facts)
                    return fail(facts.error());
                FoundPlans all;
                all.asked = true;
                all.note = noteOf(*facts);
                for (const FoundPlan &one : found.plans)
                    all.plans.append(foundOf(one.plan->plan, &*facts, one.raw));
                return all;
            },
            m_cancel);
        await<FoundPlans>(
            known, [this](const FoundPlans &all) { emit this->found(all); },
            [this, found](const Error &error) {
                if (error.kind == ErrorKind::Cancelled)
                    emit failed(error);
                else
                    showUnknown(found, error);
            });
    });
}

// A pasted plan is there all the same, whether the link could not be opened or its question was refused.
void PlanFlow::showUnknown(const FoundPlans &found, const Error &error)
{
    const auto known = m_reader.run([found, note = notRead(error)]() -> Result<FoundPlans> {
        FoundPlans all;
        all.note = note;
        for (const FoundPlan &one : found.plans)
            all.plans.append(foundOf(one.plan->plan, nullptr, one.raw));
        return all;
    });
    await<FoundPlans>(known, [this](const FoundPlans &all) { emit this->found(all); });
}

void PlanFlow::explain(const QString &database, const explain::Request &request)
{
    cancel();
    if (!mayAsk())
        return emit failed({ErrorKind::Client, u"no_server"_s, u"No server is chosen"_s, {}, u"Connect to one, or paste a plan"_s, {}, {}, 0});
    struct Asked {
        explain::Answer answer;
        std::optional<FoundPlans> found;
    };
    m_cancel = CancelToken();
    const auto asked = link(database)->run(
        [request](pg::Connection &connection, const CancelToken &stop) -> Result<Asked> {
            auto answer = explain::explain(connection, request, stop);
            if (!answer)
                return fail(std::move(answer.error()));
            Asked all{*answer, {}};
            if (answer->plan && answer->kind == explain::Answer::Kind::Planned) {
                auto found = asFound(connection, *answer, stop);
                if (!found)
                    return fail(std::move(found.error()));
                all.found = *std::move(found);
            }
            return all;
        },
        m_cancel);
    await<Asked>(asked, [this](const Asked &all) {
        switch (all.answer.kind) {
        case explain::Answer::Kind::ValuesWanted: return emit valuesWanted(all.answer);
        case explain::Answer::Kind::ConsentWanted: return emit consentWanted(all.answer);
        case explain::Answer::Kind::Planned: break;
        }
        if (all.found)
            emit found(*all.found);
    });
}

void PlanFlow::cancel()
{
    ++m_number;
    m_cancel.cancel();
    setBusy(false);
}

} // namespace howdah::ui
