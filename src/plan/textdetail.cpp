// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/textdetail.h"

#include <QRegularExpression>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

static QString capitalized(QStringView word)
{
    QString text = word.toString();
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

static QString withoutUnit(QStringView value)
{
    value = value.trimmed();
    for (const auto unit : {"kB"_L1, "ms"_L1})
        if (value.endsWith(unit) && value.size() > 2 && value[0].isDigit()) // "12kB"
            value = value.chopped(2).trimmed();
    return value.toString();
}

// "shared hit=5 read=2, temp read=1 written=2": each group's word, its keys, its values.
template<typename Take>
static void eachGroup(QStringView value, Take take)
{
    for (const QStringView group : value.split(u',')) {
        QStringView word;
        for (const QStringView part : group.split(u' ', Qt::SkipEmptyParts)) {
            const qsizetype is = part.indexOf(u'=');
            if (is < 0)
                word = part;
            else
                take(word, part.first(is), part.sliced(is + 1).toString());
        }
    }
}

static void readBuffers(QStringView value, Fields *fields)
{
    eachGroup(value, [fields](QStringView word, QStringView key, const QString &figure) {
        fields->set(capitalized(word) + u' ' + capitalized(key) + u" Blocks"_s, figure);
    });
}

static void readIoTimings(QStringView value, Fields *fields)
{
    eachGroup(value, [fields](QStringView word, QStringView key, const QString &figure) {
        // Up to 16 shared and local come as one, which is called "shared/local", "shared" or nothing at all.
        const QString of = word.isEmpty() || word == "shared/local"_L1 ? u"Shared"_s : capitalized(word);
        fields->set(of + u" I/O "_s + capitalized(key) + u" Time"_s, figure);
    });
}

static void readWal(QStringView value, Fields *fields)
{
    static const QRegularExpression part(u"(records|fpi|bytes|buffers full)=([0-9]+)"_s);
    for (auto it = part.globalMatch(value); it.hasNext();) {
        const auto match = it.next();
        const QStringView key = match.capturedView(1);
        fields->set(key == "fpi"_L1            ? u"WAL FPI"_s
                    : key == "buffers full"_L1 ? u"WAL Buffers Full"_s
                                               : QString(u"WAL "_s + capitalized(key)),
                    match.captured(2));
    }
}

// "Sort Method: quicksort  Memory: 25kB": several pairs on one line, two spaces between.
static QVector<Field> pairsOf(QStringView line)
{
    QVector<Field> pairs;
    for (const QStringView part : line.split(u"  ", Qt::SkipEmptyParts)) {
        const qsizetype colon = part.indexOf(u':');
        if (colon > 0)
            pairs.append({part.first(colon).trimmed().toString(), part.sliced(colon + 1).trimmed().toString()});
    }
    return pairs;
}

static void readSort(QStringView line, Fields *fields)
{
    for (const Field &pair : pairsOf(line)) {
        if (pair.name == "Memory"_L1 || pair.name == "Disk"_L1) {
            fields->set(u"Sort Space Type"_s, pair.name);
            fields->set(u"Sort Space Used"_s, withoutUnit(pair.value));
        } else {
            fields->set(pair.name, pair.value);
        }
    }
}

static void readHash(QStringView line, const QString &nodeType, Fields *fields)
{
    static const QRegularExpression original(u"^([0-9]+) \\(originally ([0-9]+)\\)$"_s);
    for (const Field &pair : pairsOf(line)) {
        QString name = pair.name;
        if (name == "Memory Usage"_L1)
            name = u"Peak Memory Usage"_s;
        else if (name == "Buckets"_L1 || (name == "Batches"_L1 && nodeType != "Aggregate"_L1))
            name = u"Hash "_s + name;
        else if (name == "Batches"_L1)
            name = u"HashAgg Batches"_s;
        const auto match = original.match(pair.value);
        fields->set(name, match.hasMatch() ? match.captured(1) : withoutUnit(pair.value));
        if (match.hasMatch())
            fields->set(u"Original "_s + name, match.captured(2));
    }
}

static void readMemoize(QStringView line, Fields *fields)
{
    for (const Field &pair : pairsOf(line))
        fields->set(pair.name == "Memory Usage"_L1 ? u"Peak Memory Usage"_s : QString(u"Cache "_s + pair.name), withoutUnit(pair.value));
}

// "exact=12 lossy=3" becomes "Exact Heap Blocks"; "inserted=1 updated=2" "Tuples Inserted".
static void readKeyed(QStringView value, const QString &before, const QString &after, Fields *fields)
{
    eachGroup(value, [&](QStringView, QStringView key, const QString &figure) { fields->set(before + capitalized(key) + after, withoutUnit(figure)); });
}

bool readDetail(QStringView line, const QString &nodeType, Fields *fields)
{
    static const QRegularExpression target(u"^(?:Foreign )?(?:Insert|Update|Delete|Merge) on "_s);
    line = line.trimmed();
    const qsizetype colon = line.indexOf(u':');
    // One of a ModifyTable's tables; its name may hold a colon.
    if (target.match(line).hasMatch()) {
        const QString before = fields->text(u"Target Tables");
        fields->set(u"Target Tables"_s, before.isEmpty() ? line.toString() : QString(before + u"; "_s + line));
        return true;
    }
    if (colon <= 0)
        return false;
    const QStringView name = line.first(colon);
    const QStringView value = line.sliced(colon + 1).trimmed();
    if (name == "Buffers"_L1)
        readBuffers(value, fields);
    else if (name == "I/O Timings"_L1)
        readIoTimings(value, fields);
    else if (name == "WAL"_L1)
        readWal(value, fields);
    else if (name == "Sort Method"_L1)
        readSort(line, fields);
    else if (name == "Buckets"_L1 || name == "Batches"_L1 || (name == "Planned Partitions"_L1))
        readHash(line, nodeType, fields);
    else if (name == "Hits"_L1 && nodeType == "Memoize"_L1)
        readMemoize(line, fields);
    else if (name == "Heap Blocks"_L1)
        readKeyed(value, QString(), u" Heap Blocks"_s, fields);
    else if (name == "Tuples"_L1)
        readKeyed(value, u"Tuples "_s, QString(), fields);
    else if (name == "Memory"_L1)
        readKeyed(QString(value.toString()).replace(u"  "_s, u" "_s), u"Memory "_s, QString(), fields);
    else if (name == "Storage"_L1)
        for (const Field &pair : pairsOf(line))
            fields->set(pair.name, withoutUnit(pair.value));
    else if (name.endsWith("-sort Groups"_L1)) // what follows is of these groups
        fields->set(name.toString(), value.toString());
    else if (name == "Sampling"_L1)
        fields->set(u"Sampling Method"_s, value.toString());
    else if (fields->has(name)) // grouping sets have several keys
        fields->set(name.toString(), fields->text(name) + u"; "_s + value);
    else
        fields->set(name.toString(), withoutUnit(value));
    return true;
}

std::optional<Trigger> readTrigger(QStringView line)
{
    static const QRegularExpression form(u"^Trigger (.*): (?:time=([0-9]+\\.[0-9]+) )?calls=([0-9]+)$"_s, QRegularExpression::DotMatchesEverythingOption);
    const auto match = form.match(line.trimmed());
    if (!match.hasMatch())
        return std::nullopt;
    Trigger trigger;
    QString name = match.captured(1);
    // A name may hold " on " itself; the last one is EXPLAIN's.
    if (const qsizetype on = name.lastIndexOf(" on "_L1); on > 0) {
        trigger.relation = name.sliced(on + 4);
        name.truncate(on);
    }
    if (name.startsWith("for constraint "_L1)) {
        trigger.constraint = name.sliced(15);
    } else if (const qsizetype constraint = name.indexOf(" for constraint "_L1); constraint > 0) {
        trigger.constraint = name.sliced(constraint + 16);
        trigger.name = name.first(constraint);
    } else {
        trigger.name = name;
    }
    if (match.hasCaptured(2))
        trigger.timeUs = scaledDecimal(match.capturedView(2), 3);
    const auto calls = scaledDecimal(match.capturedView(3), 0);
    if (!calls)
        return std::nullopt;
    trigger.calls = *calls;
    return trigger;
}

void readJitLine(QStringView line, Jit *jit)
{
    static const QRegularExpression figure(u"(Generation|Deform|Inlining|Optimization|Emission|Total) ([0-9]+\\.[0-9]+) ms"_s);
    static const QRegularExpression option(u"(Inlining|Optimization|Expressions|Deforming) (true|false)"_s);
    line = line.trimmed();
    if (line.startsWith("Functions:"_L1))
        jit->functions = scaledDecimal(line.sliced(10).trimmed(), 0).value_or(0);
    for (auto it = option.globalMatch(line); line.startsWith("Options:"_L1) && it.hasNext();) {
        const auto match = it.next();
        jit->options.set(match.captured(1), match.captured(2));
    }
    for (auto it = figure.globalMatch(line); line.startsWith("Timing:"_L1) && it.hasNext();) {
        const auto match = it.next();
        const QStringView name = match.capturedView(1);
        auto &time = name == "Generation"_L1 ? jit->generationUs : name == "Deform"_L1 ? jit->deformUs : name == "Inlining"_L1 ? jit->inliningUs
                     : name == "Optimization"_L1 ? jit->optimizationUs : name == "Emission"_L1 ? jit->emissionUs : jit->totalUs;
        time = scaledDecimal(match.capturedView(2), 3);
    }
}

void readSerialization(QStringView value, Serialization *serialization)
{
    static const QRegularExpression part(u"(time|output|format)=([0-9A-Za-z.]+)"_s);
    for (auto it = part.globalMatch(value); it.hasNext();) {
        const auto match = it.next();
        const QStringView name = match.capturedView(1);
        if (name == "time"_L1)
            serialization->timeUs = scaledDecimal(match.capturedView(2), 3);
        else if (name == "output"_L1)
            serialization->fields.set(u"Output Volume"_s, withoutUnit(match.capturedView(2)));
        else
            serialization->format = match.captured(2);
    }
}

void readSettings(QStringView value, Fields *settings)
{
    static const QRegularExpression part(u"([A-Za-z_0-9.]+) = '((?:[^']|'')*)'"_s);
    for (auto it = part.globalMatch(value); it.hasNext();) {
        const auto match = it.next();
        settings->set(match.captured(1), match.captured(2).replace(u"''"_s, u"'"_s));
    }
}

} // namespace howdah::plan
