// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/headline.h"
#include "plan/parse.h"
#include "plan/pasted.h"
#include "plan/textdetail.h"

#include <QRegularExpression>

#include <algorithm>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int tabWidth = 8;

int columnOf(QStringView line)
{
    int column = 0;
    for (const QChar c : line) {
        if (c == u'\t')
            column += tabWidth - column % tabWidth;
        else if (c == u' ')
            ++column;
        else
            break;
    }
    return column;
}

// Whether a text or a quoted name is open after this line, which began inside `open` (0: outside).
QChar openAfter(QStringView line, QChar open)
{
    for (const QChar c : line) {
        if (open.isNull() && (c == u'\'' || c == u'"'))
            open = c;
        else if (c == open)
            open = QChar(); // a doubled one opens again at once
    }
    return open;
}

// Lines of EXPLAIN's text, one or several plans of it.
class TextReader
{
public:
    explicit TextReader(const PastedLines &pasted) : m_pasted(pasted) {}
    Result<QVector<Plan>> read();

private:
    enum class Section { Node, Planning, Jit, Serialization, Other };
    struct Open {
        int node = 0;
        int column = 0;
        bool hasPlain = false; // a child that is neither CTE, InitPlan nor SubPlan
    };

    tl::unexpected<Error> stop(qsizetype at, const QString &why) const
    {
        return fail(ErrorKind::Client, u"plan_not_read"_s, u"The plan's text is not read: line %1: %2."_s.arg(m_pasted.numbers[at]).arg(why));
    }
    // One thing said, which goes over several lines where a text within holds a line's end.
    QString wholeLine(qsizetype *at);
    Done addNode(qsizetype at, QStringView headline, PlanNode node, int column);
    bool takePreamble(QStringView trimmed);
    void beginPlan(int column);
    bool readBelowNode(QStringView line, int column);
    bool readFooter(QStringView line);
    bool readInSection(QStringView line);
    bool tooMany() const;

    const PastedLines &m_pasted;
    QVector<Plan> m_plans;
    QVector<Open> m_open;
    QString m_label;      // "CTE x", of the node that follows
    int m_labelColumn = 0;
    int m_rootColumn = 0;
    int m_workerColumn = -1; // -1: no worker's lines now
    Section m_section = Section::Node;
    bool m_blank = true;   // nothing of a plan stands before this line
    bool m_inQueryText = false;
    bool m_joins = true;   // false once a text was found that never ends
    QString m_queryText, m_parameters;
};

QString TextReader::wholeLine(qsizetype *at)
{
    const QString &first = m_pasted.lines[*at];
    // These names come as they are, without quotes.
    const QStringView trimmed = QStringView(first).trimmed();
    if (trimmed.startsWith("Trigger "_L1) || trimmed.startsWith("CTE "_L1))
        return first;
    QChar open = openAfter(first, QChar());
    if (open.isNull() || !m_joins)
        return first;
    QString whole = first;
    for (qsizetype next = *at + 1; next < m_pasted.lines.size(); ++next) {
        whole += u'\n' + m_pasted.lines[next];
        open = openAfter(m_pasted.lines[next], open);
        if (open.isNull()) {
            *at = next;
            return whole;
        }
    }
    m_joins = false; // so that what can't be closed is looked for once
    return first;
}

void TextReader::beginPlan(int column)
{
    m_plans.emplace_back();
    m_plans.last().queryText = m_queryText;
    m_plans.last().parameters = m_parameters;
    m_queryText.clear();
    m_parameters.clear();
    m_inQueryText = false;
    m_open.clear();
    m_label.clear();
    m_rootColumn = column;
    m_section = Section::Node;
}

Done TextReader::addNode(qsizetype at, QStringView headline, PlanNode node, int column)
{
    Plan &plan = m_plans.last();
    const int belowColumn = m_label.isEmpty() ? column : m_labelColumn;
    while (!m_open.isEmpty() && m_open.last().column >= belowColumn)
        m_open.removeLast();
    if (m_open.isEmpty() && !plan.nodes.isEmpty())
        return stop(at, u"a node stands below no other"_s);
    if (m_open.size() >= maxPlanDepth)
        return stop(at, u"nodes are nested deeper than %1"_s.arg(maxPlanDepth));
    if (plan.nodes.size() >= maxPlanNodes)
        return stop(at, u"more than %1 nodes"_s.arg(maxPlanNodes));
    static const QRegularExpression name(u"^[A-Z][A-Za-z ]*(?: \\(.*\\))?$"_s);
    readHeadline(headline, &node);
    if (!name.match(node.title).hasMatch())
        return stop(at, u"this is no name of a node"_s);
    node.line = m_pasted.numbers[at];
    node.depth = int(m_open.size());
    const int index = int(plan.nodes.size());
    if (!m_open.isEmpty()) {
        node.parent = m_open.last().node;
        PlanNode &parent = plan.nodes[node.parent];
        if (!m_label.isEmpty())
            node.relationship = m_label.startsWith("SubPlan"_L1) ? u"SubPlan"_s : u"InitPlan"_s;
        else if (parent.type == "Append"_L1 || parent.type == "Merge Append"_L1 || parent.type == "BitmapAnd"_L1 || parent.type == "BitmapOr"_L1)
            node.relationship = u"Member"_s;
        else if (parent.type == "Subquery Scan"_L1)
            node.relationship = u"Subquery"_s;
        else
            node.relationship = m_open.last().hasPlain ? u"Inner"_s : u"Outer"_s;
        m_open.last().hasPlain = m_open.last().hasPlain || m_label.isEmpty();
        parent.children.append(index);
    }
    node.subplan = m_label;
    m_label.clear();
    m_open.append({index, column, false});
    m_workerColumn = -1;
    plan.nodes.append(std::move(node));
    return {};
}

// What auto_explain puts before the plan.
bool TextReader::takePreamble(QStringView trimmed)
{
    if (trimmed.startsWith("Query Text:"_L1)) {
        m_queryText = trimmed.sliced(11).trimmed().toString();
        m_inQueryText = true;
        return true;
    }
    if (trimmed.startsWith("Query Parameters:"_L1)) {
        m_parameters = trimmed.sliced(17).trimmed().toString();
        return true;
    }
    return false;
}

bool TextReader::readBelowNode(QStringView line, int column)
{
    static const QRegularExpression worker(u"^Worker ([0-9]{1,6}):  ?"_s);
    static const QRegularExpression label(u"^(?:InitPlan|SubPlan|CTE) [^\\n]*$"_s);
    PlanNode &node = m_plans.last().nodes.last();
    QStringView trimmed = line.trimmed();
    if (label.match(trimmed).hasMatch() && (trimmed.startsWith("CTE "_L1) || !trimmed.contains(u": "))) {
        m_label = trimmed.toString();
        m_labelColumn = column;
        m_workerColumn = -1;
        return true;
    }
    if (const auto match = worker.match(trimmed); match.hasMatch()) {
        const int number = match.capturedView(1).toInt();
        m_workerColumn = column;
        if (node.workers.isEmpty() || node.workers.last().number != number) {
            WorkerShare share;
            share.number = number;
            node.workers.append(share);
        }
        trimmed = trimmed.sliced(match.capturedLength(0));
        if (const auto actual = readActual(trimmed)) {
            node.workers.last().actual = actual;
            return true;
        }
        return readDetail(trimmed, node.type, &node.workers.last().fields);
    }
    if (m_workerColumn >= 0 && column > m_workerColumn)
        return readDetail(trimmed, node.type, &node.workers.last().fields);
    m_workerColumn = -1;
    return readDetail(trimmed, node.type, &node.fields);
}

bool TextReader::tooMany() const
{
    const Plan &plan = m_plans.last();
    const PlanNode &node = plan.nodes.last();
    return node.fields.all.size() > maxFields || (!node.workers.isEmpty() && node.workers.last().fields.all.size() > maxFields)
        || plan.other.all.size() > maxFields || plan.planning.all.size() > maxFields || plan.settings.all.size() > maxFields;
}

bool TextReader::readInSection(QStringView line)
{
    Plan &plan = m_plans.last();
    if (m_section != Section::Jit)
        return readDetail(line, QString(),
                          m_section == Section::Planning        ? &plan.planning
                          : m_section == Section::Serialization ? &plan.serialization->fields
                                                                : &plan.other);
    readJitLine(line, &*plan.jit);
    return true;
}

bool TextReader::readFooter(QStringView line)
{
    Plan &plan = m_plans.last();
    line = line.trimmed();
    m_section = Section::Other;
    const qsizetype colon = line.indexOf(u':');
    const QStringView name = line.first(std::max(colon, qsizetype(0)));
    const QStringView value = colon < 0 ? QStringView() : line.sliced(colon + 1).trimmed();
    const auto ms = [value] { return scaledDecimal(value.endsWith(" ms"_L1) ? value.chopped(3) : value, 3); };
    if (auto trigger = readTrigger(line)) {
        plan.triggers.append(*std::move(trigger));
    } else if (name == "Planning"_L1) {
        m_section = Section::Planning;
    } else if (name == "JIT"_L1) {
        m_section = Section::Jit;
        plan.jit.emplace();
    } else if (name == "Serialization"_L1) {
        m_section = Section::Serialization;
        plan.serialization.emplace();
        readSerialization(value, &*plan.serialization);
    } else if (name == "Planning Time"_L1) {
        plan.planningUs = ms();
    } else if (name == "Execution Time"_L1) {
        plan.executionUs = ms();
    } else if (name == "Settings"_L1) {
        readSettings(value, &plan.settings);
    } else if (name == "Query Identifier"_L1) {
        plan.queryId = value.toString();
    } else {
        return readDetail(line, QString(), &plan.other);
    }
    return true;
}

Result<QVector<Plan>> TextReader::read()
{
    for (qsizetype at = 0; at < m_pasted.lines.size(); ++at) {
        const qsizetype first = at;
        if (QStringView(m_pasted.lines[at]).trimmed().isEmpty()) {
            m_blank = m_blank || !m_plans.isEmpty();
            continue;
        }
        const bool preamble = m_blank && takePreamble(QStringView(m_pasted.lines[at]).trimmed());
        if (preamble)
            continue;
        const bool inText = m_inQueryText;
        const QString whole = inText ? m_pasted.lines[at] : wholeLine(&at);
        const int column = columnOf(whole);
        const QStringView trimmed = QStringView(whole).trimmed();
        const bool arrow = !inText && (trimmed.startsWith("->  "_L1) || trimmed == "->"_L1);
        const bool mayBegin = m_blank || inText;
        PlanNode node;
        QString why;
        QStringView headline;
        const bool figures = (arrow || mayBegin) && readFigures(arrow ? trimmed.sliced(2) : trimmed, &headline, &node, &why);
        if (!why.isEmpty() && !inText)
            return stop(first, why);
        if (arrow) {
            if (m_plans.isEmpty())
                return stop(first, u"a node stands below no other"_s);
            if (m_section != Section::Node)
                return stop(first, u"a node follows the plan's end"_s);
            if (auto done = addNode(first, headline, std::move(node), column); !done)
                return fail(std::move(done.error()));
        } else if (inText && !figures) {
            m_queryText += u'\n' + whole;
        } else if (mayBegin && (figures || m_plans.isEmpty())) {
            if (!figures && trimmed.contains(u": "))
                return stop(first, u"this is no plan"_s);
            beginPlan(column);
            if (auto done = addNode(first, headline, std::move(node), column); !done)
                return fail(std::move(done.error()));
        } else if (m_plans.isEmpty()) {
            return stop(first, u"this is no plan"_s);
        } else if (column <= m_rootColumn ? !readFooter(trimmed) : m_section != Section::Node ? !readInSection(trimmed) : !readBelowNode(whole, column)) {
            return stop(first, u"neither a node nor something said of one"_s);
        } else if (tooMany()) {
            return stop(first, u"more than %1 things are said of one node"_s.arg(maxFields));
        }
        m_blank = false;
    }
    if (m_plans.isEmpty())
        return fail(ErrorKind::Client, u"plan_not_read"_s, u"The plan's text is not read: line 1: there is no plan in it."_s);
    return m_plans;
}

} // namespace

Result<QVector<Plan>> parseTextPlans(const PastedLines &pasted)
{
    return TextReader(pasted).read();
}

} // namespace howdah::plan
