// SPDX-License-Identifier: GPL-3.0-or-later
// The evidence as a page for people.
#include "backup/evidence.h"

#include "backup/moment.h"
#include "base/units.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// Server text in a page that renders it: on one line, and no markup of its own.
QString plain(const QString &text)
{
    QString safe;
    for (const QChar c : units::oneLine(text)) {
        if (u"\\`*_[]<>|#&"_s.contains(c))
            safe += u'\\';
        safe += c;
    }
    return safe;
}

QString known(const QJsonValue &value, const QString &otherwise = u"not known"_s)
{
    if (value.isString() && !value.toString().isEmpty())
        return plain(value.toString());
    return value.isDouble() ? QString::number(value.toInteger()) : otherwise;
}

QString timed(const QJsonValue &ms)
{
    return ms.isDouble() ? u"%1 (%2 ms)"_s.arg(units::duration(ms.toInteger())).arg(ms.toInteger()) : u"not measured"_s;
}

QString inputs(const Evidence &evidence)
{
    QString text = u"## What it was made from\n\n"_s;
    if (!evidence.inputsKnown)
        return text + u"Not recorded: the rehearsal was made where nobody kept its inputs.\n\n"_s;
    text += u"Backups in %1, the oldest first:\n\n| backup | kind | timeline | from | consistent from | verified before | SHA-256 of its manifest |\n|---|---|---|---|---|---|---|\n"_s.arg(plain(evidence.repository));
    for (const EvidenceBackup &link : evidence.chain)
        text += u"| %1 | %2 | %3 | %4 | %5 | %6 | %7 |\n"_s.arg(plain(link.id), link.kind, QString::number(link.timeline), link.start.text(), link.stop.isNone() ? u"not known"_s : link.stop.text(), link.verified ? u"yes"_s : u"no"_s,
                                                             link.manifestSha256.isEmpty() ? u"not recorded"_s : QString::fromLatin1(link.manifestSha256));
    text += u"\nWAL that was replayed, from %1 (%2 segments):\n\n| file | bytes | SHA-256 |\n|---|---|---|\n"_s.arg(plain(evidence.archive), QString::number(evidence.segments.size()));
    for (const EvidenceSegment &segment : evidence.segments)
        text += u"| %1 | %2 | %3 |\n"_s.arg(plain(segment.file), QString::number(segment.bytes), QString::fromLatin1(segment.sha256));
    return text + u'\n';
}

QString reached(const Evidence &evidence)
{
    const QJsonObject &outcome = evidence.outcome;
    QString text = u"## Where it stopped\n\n"_s;
    if (outcome.isEmpty())
        return text + (evidence.failed.isEmpty() ? u"It is not finished.\n\n"_s : u"It FAILED: %1\n\n"_s.arg(plain(evidence.failed)));
    const QJsonObject verdict = evidence.verdict.isEmpty() ? outcome.value("verdict"_L1).toObject() : evidence.verdict;
    text += u"- The server's own words: %1\n"_s.arg(known(outcome.value("stopped"_L1), u"it said none"_s));
    text += u"- Last commit that is kept: %1 at %2\n"_s.arg(known(verdict.value("last_commit_lsn"_L1)), known(verdict.value("last_commit"_L1)));
    text += u"- Timeline: %1, of its own from there: %2\n"_s.arg(known(verdict.value("timeline"_L1)), known(outcome.value("timeline"_L1)));
    text += u"- Image: %1\n\n## Checks\n\n"_s.arg(known(outcome.value("image"_L1)));
    for (const QJsonValue &check : outcome.value("checks"_L1).toArray())
        text += u"- %1: %2%3\n"_s.arg(check["good"_L1].toBool() ? u"good"_s : u"NOT GOOD"_s, plain(check["name"_L1].toString()), check["words"_L1].toString().isEmpty() ? QString() : u" ("_s + plain(check["words"_L1].toString()) + u')');
    text += outcome.value("good"_L1).toBool() ? u"\nAll of them are good.\n\n"_s : u"\nNOT all of them are good: this copy proves nothing.\n\n"_s;
    return text;
}

QString measured(const Evidence &evidence)
{
    const QJsonObject &outcome = evidence.outcome;
    QString text = u"## Measured\n\n"_s;
    text += u"- RTO, copy and replay: %1 (copy %2, replay %3; looking through it %4)\n"_s.arg(timed(outcome.value("recovery_ms"_L1)), timed(outcome.value("copy_ms"_L1)), timed(outcome.value("replay_ms"_L1)), timed(outcome.value("check_ms"_L1)));
    text += evidence.exposedMs() ? u"- RPO: when it was rehearsed the newest commit in the archive was of %1, %2 before\n"_s.arg(momentText(*evidence.lastArchivedUs), units::duration(*evidence.exposedMs())) : u"- RPO: not measured\n"_s;
    text += evidence.lost ? u"- Commits behind the target, which the copy has not: %1\n\n"_s.arg(*evidence.lost) : u"- Commits behind the target: not counted\n\n"_s;
    return text;
}

QString done(const Evidence &evidence)
{
    QString text = u"## What was done with it\n\n"_s;
    if (evidence.events.isEmpty())
        return text + u"Nothing: it was neither compared nor applied.\n"_s;
    for (const EvidenceEvent &event : evidence.events) {
        text += u"### %1, %2\n\n"_s.arg(plain(event.what), momentText(event.atMs / 1000 * 1'000'000));
        for (const QString &line : event.words.split(u'\n', Qt::SkipEmptyParts))
            text += u"    %1\n"_s.arg(units::oneLine(line)); // a block of code: nothing in it is markup
        text += u'\n';
    }
    return text;
}

} // namespace

QString Evidence::toMarkdown() const
{
    const QString when = atMs > 0 ? momentText(atMs / 1000 * 1'000'000) : u"a time that nobody recorded"_s;
    return u"# Evidence of %1\n\nRehearsed at %2, of the cluster %3.\nAsked for: %4.\nThe same with every figure is in %1.json.\n\n"_s.arg(rehearsal, when, systemIdentifier.isEmpty() ? u"not recorded"_s : systemIdentifier,
                                                                                                                                        target.isEmpty() ? u"not recorded"_s : plain(target))
        + inputs(*this) + reached(*this) + measured(*this) + done(*this);
}

} // namespace howdah::backup
