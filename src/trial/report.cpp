// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial/report.h"

#include "base/units.h"
#include "plan/report.h"

#include <QJsonArray>

namespace howdah::trial
{

using namespace Qt::StringLiterals;

namespace
{

QJsonValue orNull(const std::optional<qint64> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QString msWord(const std::optional<qint64> &us)
{
    return us ? QString::number(double(*us) / 1000, 'f', 3) + u" ms"_s : u"not known"_s;
}

QString blocksWord(const Blocks &blocks)
{
    if (!blocks.touched())
        return u"buffers not known"_s;
    QString text = u"%1 blocks touched (%2 of them read)"_s.arg(units::exact(double(*blocks.touched())), units::exact(double(blocks.read.value_or(0))));
    if (blocks.tempWritten.value_or(0) > 0)
        text += u", %1 temporary blocks written"_s.arg(units::exact(double(*blocks.tempWritten)));
    return text;
}

QString measuredLine(const QString &when, const Measured &measured)
{
    if (measured.ran)
        return u"%1: %2, median of %3 (%4 to %5; the first run, not counted: %6); %7\n"_s
            .arg(when, msWord(measured.medianUs))
            .arg(measured.runsUs.size())
            .arg(msWord(measured.fastestUs()), msWord(measured.slowestUs()), msWord(measured.coldUs), blocksWord(measured.blocks));
    const QString cost = measured.cost ? QString::number(*measured.cost, 'f', 2) : u"not known"_s;
    return u"%1: not run, the planner's cost is %2%3\n"_s.arg(when, cost,
                                                              measured.reason.isEmpty() ? QString() : u" ("_s + units::oneLine(measured.reason) + u')');
}

QString madeLine(const Made &made)
{
    QString text = u"%1 %2"_s.arg(made.kind, units::oneLine(made.name));
    if (made.bytes)
        text += u", %1"_s.arg(units::bytes(double(*made.bytes)));
    if (!made.valid)
        text += u", not valid"_s;
    if (made.used)
        text += *made.used ? u"; the plan uses it"_s : u"; the plan does not use it"_s;
    return text;
}

} // namespace

QJsonObject toJson(const RemedyRun &run)
{
    QJsonArray made;
    for (const Made &one : run.made)
        made.append(QJsonObject{{u"kind"_s, one.kind},
                                {u"name"_s, one.name},
                                {u"relation"_s, one.relation},
                                {u"bytes"_s, orNull(one.bytes)},
                                {u"valid"_s, one.valid},
                                {u"used"_s, one.used ? QJsonValue(*one.used) : QJsonValue(QJsonValue::Null)}});
    return {{u"kind"_s, kindName(run.remedy.kind)},
            {u"text"_s, run.remedy.text},
            {u"took_ms"_s, orNull(run.tookMs)},
            {u"locks"_s, QJsonArray::fromStringList(run.remedy.locks)},
            {u"made"_s, made},
            {u"undo"_s, QJsonArray::fromStringList(run.undo)},
            {u"stays"_s, run.stays}};
}

QJsonObject toJson(const Trial &trial)
{
    QJsonArray remedies;
    for (const RemedyRun &run : trial.remedies)
        remedies.append(toJson(run));
    const Judgement &judgement = trial.judgement;
    return {{u"on"_s, trial.on == Trial::On::Lab ? u"lab"_s : u"hypopg"_s},
            {u"where"_s, trial.where},
            {u"role"_s, trial.role.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(trial.role)},
            {u"verdict"_s, verdictName(judgement.verdict)},
            {u"measured"_s, judgement.measured},
            {u"factor"_s, judgement.factor ? QJsonValue(*judgement.factor) : QJsonValue(QJsonValue::Null)},
            {u"words"_s, judgement.words},
            {u"before"_s, toJson(trial.before)},
            {u"after"_s, toJson(trial.after)},
            {u"remedies"_s, remedies},
            {u"comparison"_s, plan::comparisonJson(trial.before.plan, trial.after.plan, trial.comparison)},
            {u"stays"_s, QJsonArray::fromStringList(trial.stays)},
            {u"notes"_s, QJsonArray::fromStringList(trial.notes)}};
}

QJsonObject toJson(const Draft &draft)
{
    QJsonArray files;
    for (const migrations::GeneratedFile &file : draft.files)
        files.append(QJsonObject{{u"name"_s, slugOf(file)}, {u"text"_s, QString::fromUtf8(textOf(draft, file))}});
    return {{u"files"_s, files}, {u"left"_s, QJsonArray::fromStringList(draft.left)}};
}

QString toText(const Trial &trial)
{
    const bool lab = trial.on == Trial::On::Lab;
    QString text = u"%1\n\n"_s.arg(trial.judgement.words);
    text += (lab ? u"On %1"_s : u"By HypoPG on %1"_s).arg(units::oneLine(trial.where)) +
            (trial.role.isEmpty() ? QString() : u" as "_s + units::oneLine(trial.role)) + u'\n';
    text += measuredLine(u"Before"_s, trial.before) + measuredLine(u"After"_s, trial.after);
    for (const RemedyRun &run : trial.remedies) {
        text += u"\n%1\n"_s.arg(units::oneLine(run.remedy.text));
        if (run.tookMs)
            text += u"    took %1\n"_s.arg(units::duration(*run.tookMs));
        for (const QString &lock : run.remedy.locks)
            text += u"    locks: %1\n"_s.arg(units::oneLine(lock));
        for (const Made &made : run.made)
            text += u"    %1: %2\n"_s.arg(lab ? u"made"_s : u"supposed"_s, madeLine(made));
        if (lab)
            text += run.stays ? u"    stays on the lab\n"_s
                              : u"    put back: %1\n"_s.arg(units::oneLine(run.undo.isEmpty() ? u"nothing to do"_s : run.undo.join(u"; "_s)));
    }
    text += plan::comparisonText(trial.before.plan, trial.after.plan, trial.comparison);
    for (const QString &note : trial.notes)
        text += u"note: %1\n"_s.arg(units::oneLine(note));
    return text;
}

QString toText(const Draft &draft)
{
    QString text;
    for (const migrations::GeneratedFile &file : draft.files)
        text += u"\nDrafted migration, %1:\n\n%2"_s.arg(slugOf(file), QString::fromUtf8(textOf(draft, file)));
    for (const QString &left : draft.left)
        text += u"\nNo migration: %1\n"_s.arg(units::oneLine(left));
    return text;
}

} // namespace howdah::trial
