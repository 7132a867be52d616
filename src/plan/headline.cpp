// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/headline.h"

#include <QRegularExpression>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

// Where `word` stands outside of quoted names; -1: nowhere.
static qsizetype outsideQuotes(QStringView text, QStringView word)
{
    bool quoted = false;
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (text[at] == u'"')
            quoted = !quoted;
        else if (!quoted && text[at] == word.front() && text.sliced(at).startsWith(word))
            return at;
    }
    return -1;
}

static QString unquoted(QStringView name)
{
    name = name.trimmed();
    if (name.size() < 2 || name.front() != u'"' || name.back() != u'"')
        return name.toString();
    return name.sliced(1, name.size() - 2).toString().replace(u"\"\""_s, u"\""_s);
}

static void readTarget(QStringView text, PlanNode *node)
{
    const qsizetype space = outsideQuotes(text, u" ");
    QStringView name = space < 0 ? text : text.first(space);
    if (space >= 0)
        node->alias = unquoted(text.sliced(space + 1));
    const qsizetype dot = outsideQuotes(name, u".");
    if (dot >= 0) {
        node->schema = unquoted(name.first(dot));
        name = name.sliced(dot + 1);
    }
    node->object = unquoted(name);
    if (node->alias == node->object)
        node->alias.clear();
}

static bool takePrefix(QStringView *text, QLatin1StringView prefix)
{
    if (!text->startsWith(prefix))
        return false;
    *text = text->sliced(prefix.size());
    return true;
}

static void readType(QStringView title, PlanNode *node)
{
    Fields &fields = node->fields;
    QStringView rest = title;
    node->parallelAware = takePrefix(&rest, "Parallel "_L1);
    if (takePrefix(&rest, "Async "_L1))
        fields.set(u"Async Capable"_s, u"true"_s);
    if (rest.endsWith("Aggregate"_L1)) {
        if (takePrefix(&rest, "Partial "_L1))
            fields.set(u"Partial Mode"_s, u"Partial"_s);
        else if (takePrefix(&rest, "Finalize "_L1))
            fields.set(u"Partial Mode"_s, u"Finalize"_s);
        const QStringView how = rest.chopped(9);
        fields.set(u"Strategy"_s, how == "Group"_L1 ? u"Sorted"_s : how == "Hash"_L1 ? u"Hashed"_s : how == "Mixed"_L1 ? u"Mixed"_s : u"Plain"_s);
        node->type = u"Aggregate"_s;
        return;
    }
    for (const auto operation : {"Insert"_L1, "Update"_L1, "Delete"_L1, "Merge"_L1}) {
        if (rest == operation || (rest.startsWith("Foreign "_L1) && rest.sliced(8) == operation)) {
            fields.set(u"Operation"_s, operation);
            node->type = rest == operation ? u"ModifyTable"_s : u"Foreign Scan"_s;
            return;
        }
    }
    for (const auto kind : {"Nested Loop"_L1, "Hash"_L1, "Merge"_L1}) {
        if (!rest.startsWith(kind) || !(kind == "Nested Loop"_L1 || rest.endsWith(" Join"_L1)))
            continue;
        QStringView how = rest.sliced(kind.size());
        if (how.endsWith(" Join"_L1))
            how.chop(5);
        how = how.trimmed();
        fields.set(u"Join Type"_s, how.isEmpty() ? u"Inner"_s : how.toString());
        node->type = kind == "Nested Loop"_L1 ? QString(kind) : QString(kind + " Join"_L1);
        return;
    }
    for (const auto kind : {"HashSetOp "_L1, "SetOp "_L1}) {
        if (takePrefix(&rest, kind)) {
            fields.set(u"Strategy"_s, kind.startsWith("Hash"_L1) ? u"Hashed"_s : u"Sorted"_s);
            fields.set(u"Command"_s, rest.toString());
            node->type = u"SetOp"_s;
            return;
        }
    }
    if (takePrefix(&rest, "Custom Scan ("_L1)) {
        fields.set(u"Custom Plan Provider"_s, (rest.endsWith(u')') ? rest.chopped(1) : rest).toString());
        node->type = u"Custom Scan"_s;
        return;
    }
    if (rest.endsWith(" Scan Backward"_L1)) {
        fields.set(u"Scan Direction"_s, u"Backward"_s);
        rest.chop(9);
    }
    node->type = rest.toString();
}

void readHeadline(QStringView text, PlanNode *node)
{
    const qsizetype on = outsideQuotes(text, u" on ");
    const qsizetype use = outsideQuotes(on < 0 ? text : text.first(on), u" using ");
    const QStringView title = text.first(use >= 0 ? use : on >= 0 ? on : text.size()).trimmed();
    node->title = title.toString();
    readType(title, node);
    if (use >= 0)
        node->index = unquoted(text.sliced(use + 7, (on < 0 ? text.size() : on) - use - 7));
    if (on < 0)
        return;
    if (node->type == "Bitmap Index Scan"_L1)
        node->index = unquoted(text.sliced(on + 4));
    else
        readTarget(text.sliced(on + 4), node);
}

void makeTitle(PlanNode *node)
{
    const Fields &fields = node->fields;
    const QString &type = node->type;
    const QString strategy = fields.text(u"Strategy");
    QString title = type;
    if (type == "Aggregate"_L1) {
        title = strategy == "Sorted"_L1   ? u"GroupAggregate"_s
                : strategy == "Hashed"_L1 ? u"HashAggregate"_s
                : strategy == "Mixed"_L1  ? u"MixedAggregate"_s
                                          : type;
        const QString mode = fields.text(u"Partial Mode");
        if (mode == "Partial"_L1 || mode == "Finalize"_L1)
            title = mode + u' ' + title;
    } else if (type == "SetOp"_L1) {
        title = (strategy == "Hashed"_L1 ? u"HashSetOp "_s : u"SetOp "_s) + fields.text(u"Command");
    } else if (type == "ModifyTable"_L1) {
        title = fields.text(u"Operation");
    } else if (type == "Foreign Scan"_L1) {
        const QString operation = fields.text(u"Operation");
        if (!operation.isEmpty() && operation != "Select"_L1)
            title = u"Foreign "_s + operation;
    } else if (type == "Custom Scan"_L1) {
        title = u"Custom Scan (%1)"_s.arg(fields.text(u"Custom Plan Provider"));
    } else if (const QString join = fields.text(u"Join Type"); !join.isEmpty() && join != "Inner"_L1) {
        title = (type == "Nested Loop"_L1 ? type : type.chopped(5)) + u' ' + join + u" Join"_s;
    }
    if (fields.text(u"Scan Direction") == "Backward"_L1)
        title += u" Backward"_s;
    if (fields.flag(u"Async Capable").value_or(false))
        title = u"Async "_s + title;
    node->title = node->parallelAware ? u"Parallel "_s + title : title;
}

std::optional<Actual> readActual(QStringView text)
{
    static const QRegularExpression form(u"^actual (?:time=([0-9]+\\.[0-9]+)\\.\\.([0-9]+\\.[0-9]+) )?rows=([0-9.]+) loops=([0-9]+)$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    Actual actual;
    if (match.hasCaptured(1)) {
        actual.startupUs = scaledDecimal(match.capturedView(1), 3);
        actual.totalUs = scaledDecimal(match.capturedView(2), 3);
        if (!actual.startupUs || !actual.totalUs)
            return std::nullopt;
    }
    const auto rows = scaledDecimal(match.capturedView(3), 2);
    const auto loops = scaledDecimal(match.capturedView(4), 0);
    if (!rows || !loops)
        return std::nullopt;
    actual.rowsHundredths = *rows;
    actual.loops = *loops;
    return actual;
}

bool readFigures(QStringView line, QStringView *headline, PlanNode *node, QString *why)
{
    static const QRegularExpression cost(u"^\\(cost=([0-9]+\\.[0-9]+)\\.\\.([0-9]+\\.[0-9]+) rows=([0-9]+) width=([0-9]+)\\)$"_s);
    QStringView rest = line.trimmed();
    bool found = false;
    if (rest.endsWith("(never executed)"_L1)) {
        node->actual = Actual();
        rest = rest.chopped(16).trimmed();
        found = true;
    } else if (const qsizetype at = rest.lastIndexOf("(actual "_L1); at >= 0 && rest.endsWith(u')')) {
        if (const auto actual = readActual(rest.sliced(at + 1).chopped(1))) {
            node->actual = actual;
            rest = rest.first(at).trimmed();
            found = true;
        } else if (outsideQuotes(rest, u"(actual ") == at) {
            *why = u"the measured figures are not read"_s;
        }
    }
    if (const qsizetype at = rest.lastIndexOf("(cost="_L1); at >= 0) {
        if (const auto match = cost.match(rest.sliced(at)); match.hasMatch()) {
            node->startupCost = match.capturedView(1).toDouble();
            node->totalCost = match.capturedView(2).toDouble();
            node->planRows = match.capturedView(3).toDouble();
            node->width = scaledDecimal(match.capturedView(4), 0);
            rest = rest.first(at).trimmed();
            found = true;
        } else if (outsideQuotes(rest, u"(cost=") == at) {
            *why = u"the estimates are not read"_s;
        }
    }
    *headline = rest;
    return found;
}

} // namespace howdah::plan
