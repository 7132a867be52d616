// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/autoexplain.h"

#include "pg/quote.h"

namespace howdah::explain
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int logsParameters = 160000;
constexpr int hasJsonLog = 150000;
const QString library = u"auto_explain"_s;

QByteArray literal(const QString &value)
{
    return pg::quoteLiteral(value).value_or("''");
}

// A list is set element by element: one quoted text would be one library's name.
QByteArray literals(const QStringList &values)
{
    QByteArrayList all;
    for (const QString &value : values)
        all << literal(value);
    return all.isEmpty() ? QByteArray("''") : all.join(", ");
}

bool isList(const QString &name)
{
    return name.endsWith("_preload_libraries"_L1) || name == "log_destination"_L1;
}

bool isSame(const QString &now, const QString &wanted)
{
    bool numbers = false, both = false;
    const double left = now.toDouble(&numbers), right = wanted.toDouble(&both);
    return now == wanted || (numbers && both && left == right);
}

class Recipe
{
public:
    Recipe(const AutoExplain &now, session::ChangePlan *plan) : m_now(now), m_plan(plan) {}

    void set(const QString &name, const QString &value, const QString &blocks = {})
    {
        if (m_now.settings.contains(name) && isSame(m_now.settings.value(name), value) && m_now.bySystem && m_now.bySystem->contains(name))
            return;
        add(name, literal(value), blocks);
    }
    void setList(const QString &name, const QStringList &values, const QString &blocks = {}) { add(name, literals(values), blocks); }
    QStringList undo() const { return m_undo; }

private:
    void add(const QString &name, const QByteArray &value, const QString &blocks)
    {
        const QByteArray text = "ALTER SYSTEM SET " + name.toUtf8() + " = " + value; // sql-ok: names are ours, values quoted
        m_plan->steps.append({u"Set %1"_s.arg(name), text, false, {}, blocks});
        if (m_now.bySystem && m_now.bySystem->contains(name)) {
            const QString before = m_now.bySystem->value(name);
            const QByteArray quoted = isList(name) ? literals(settingList(before)) : literal(before);
            m_undo.append(u"ALTER SYSTEM SET %1 = %2;"_s.arg(name, QString::fromUtf8(quoted))); // sql-ok: as above
        } else {
            m_undo.append(u"ALTER SYSTEM RESET %1;"_s.arg(name)); // sql-ok: as above
        }
    }

    const AutoExplain &m_now;
    session::ChangePlan *m_plan;
    QStringList m_undo;
};

QString onOff(bool on)
{
    return on ? u"on"_s : u"off"_s;
}

} // namespace

QStringList settingList(const QString &value)
{
    QStringList list;
    QString element;
    QChar quote;
    bool quoted = false;
    for (qsizetype i = 0; i < value.size(); ++i) {
        const QChar c = value[i];
        if (!quote.isNull()) {
            if (c != quote)
                element += c;
            else if (i + 1 < value.size() && value[i + 1] == quote)
                element += value[++i];
            else
                quote = {};
        } else if (c == u'"' || c == u'\'') {
            quote = c;
            quoted = true;
        } else if (c == u',') {
            if (quoted || !element.trimmed().isEmpty())
                list.append(quoted ? element : element.trimmed());
            element.clear();
            quoted = false;
        } else if (!c.isSpace() || (!quoted && !element.isEmpty())) {
            element += c;
        }
    }
    if (quoted || !element.trimmed().isEmpty())
        list.append(quoted ? element : element.trimmed());
    return list;
}

std::optional<bool> AutoExplain::preloaded() const
{
    if (!shared && !session)
        return {};
    const auto names = [](const std::optional<QStringList> &list) {
        for (const QString &one : list.value_or(QStringList())) {
            if (one.section(u'/', -1) == library)
                return true;
        }
        return false;
    };
    return names(shared) || names(session);
}

Result<AutoExplain> readAutoExplain(pg::Connection &connection, const CancelToken &cancel)
{
    AutoExplain now;
    now.versionNum = connection.facts().serverVersionNum;
    now.superuser = connection.facts().superuser;
    const auto rows = connection.runFile(u"explain/autoexplain"_s, {}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"read the settings of auto_explain"_s));
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const QString name = rows->text(row, 0);
        if (rows->boolean(row, 3).value_or(false))
            now.pendingRestart.append(name);
        if (rows->isNull(row, 1))
            continue;
        now.settings.insert(name, rows->text(row, 1));
        if (name == "shared_preload_libraries"_L1)
            now.shared = settingList(rows->text(row, 1));
        else if (name == "session_preload_libraries"_L1)
            now.session = settingList(rows->text(row, 1));
    }
    const auto own = connection.runFile(u"explain/autoexplain_own"_s, {}, {}, cancel);
    if (!own)
        return fail(Error(own.error()).during(u"read the settings of roles and databases"_s));
    for (qsizetype row = 0; row < own->size(); ++row) {
        const QString role = own->isNull(row, 0) ? u"all roles"_s : u"role %1"_s.arg(own->text(row, 0));
        const QString where = own->isNull(row, 1) ? role : u"%1 in %2"_s.arg(role, own->text(row, 1));
        now.ownSettings.append(where + u": "_s + own->text(row, 2));
    }
    if (!now.superuser)
        return now;
    const auto file = connection.runFile(u"explain/autoexplain_file"_s, {}, {}, cancel);
    if (!file)
        return fail(Error(file.error()).during(u"read what ALTER SYSTEM has set"_s));
    now.bySystem.emplace();
    for (qsizetype row = 0; row < file->size(); ++row)
        now.bySystem->insert(file->text(row, 0), file->text(row, 1));
    return now;
}

session::ChangePlan autoExplainPlan(const AutoExplain &now, const AutoExplainWish &wish)
{
    session::ChangePlan plan;
    plan.title = u"Log plans by auto_explain"_s;
    plan.verb = u"Set up auto_explain"_s;
    plan.transactional = false; // ALTER SYSTEM can't stand in a transaction
    Recipe recipe(now, &plan);
    bool restart = false;

    // Its settings are known from here on; 15 and 16 would refuse them.
    plan.steps.append({u"Load auto_explain in this session"_s, "LOAD 'auto_explain'", false, {},
                       u"This session only; an error here says that the server has it not"_s});
    if (!now.preloaded().value_or(false)) {
        const bool server = wish.load == AutoExplainWish::Load::Server;
        restart = server;
        const std::optional<QStringList> &known = server ? now.shared : now.session;
        const QString name = server ? u"shared_preload_libraries"_s : u"session_preload_libraries"_s;
        // What waits for a restart is not in force yet, and would be lost.
        QStringList list = now.bySystem && now.bySystem->contains(name) ? settingList(now.bySystem->value(name)) : known.value_or(QStringList());
        if (!list.contains(library))
            list.append(library);
        recipe.setList(name, list,
                       !known ? u"What is in it now is not known to this role: look, else it is lost"_s
                       : server ? u"In force after a restart of the server"_s
                                : u"Sessions that begin from now on; those that run keep on without it, a pool's too"_s);
    }
    recipe.set(u"auto_explain.log_min_duration"_s, QString::number(wish.minDurationMs) + u"ms"_s);
    recipe.set(u"auto_explain.log_format"_s, u"json"_s);
    recipe.set(u"auto_explain.log_verbose"_s, u"on"_s, u"Without it no plan has its Query Identifier, by which it is joined to pg_stat_statements"_s);
    recipe.set(u"auto_explain.log_analyze"_s, onOff(wish.analyze), wish.analyze ? u"Every statement is measured from then on, logged or not"_s : QString());
    recipe.set(u"auto_explain.log_timing"_s, u"off"_s);
    recipe.set(u"auto_explain.log_buffers"_s, onOff(wish.analyze && wish.buffers));
    recipe.set(u"auto_explain.log_nested_statements"_s, onOff(wish.nested));
    recipe.set(u"auto_explain.sample_rate"_s, QString::number(qBound(0.0, wish.sampleRate, 1.0)));
    if (now.versionNum >= logsParameters)
        recipe.set(u"auto_explain.log_parameter_max_length"_s, QString::number(wish.parameterMaxLength),
                   wish.parameterMaxLength ? u"Values of parameters stand in the log: people's data"_s : QString());
    if (const QString id = now.settings.value(u"compute_query_id"_s); id == "off"_L1)
        recipe.set(u"compute_query_id"_s, u"on"_s);
    QStringList destinations = settingList(now.settings.value(u"log_destination"_s));
    if (!wish.destination.isEmpty() && !destinations.contains(wish.destination) && (wish.destination != "jsonlog"_L1 || now.versionNum >= hasJsonLog))
        recipe.setList(u"log_destination"_s, {(destinations << wish.destination).join(u',')});
    if (!now.collects()) {
        restart = true;
        recipe.set(u"logging_collector"_s, u"on"_s, u"In force after a restart: until then there is no log file that can be read over a link"_s);
    }
    plan.steps.append({u"Have the server read its settings"_s, "SELECT pg_catalog.pg_reload_conf()", false, {}, {}}); // sql-ok: one of the plan's own steps
    if (restart)
        plan.facts.append({u"Restart"_s, u"needed: what says so is in force after it"_s});
    if (!now.pendingRestart.isEmpty())
        plan.facts.append({u"Waits for a restart already"_s, now.pendingRestart.join(u", "_s)});
    for (const QString &own : now.ownSettings)
        plan.facts.append({u"Goes before the server's"_s, own});
    if (!now.superuser)
        plan.facts.append({u"Role"_s, u"a superuser has to run this"_s});
    plan.undo = u"LOAD 'auto_explain';\n"_s + recipe.undo().join(u'\n') + u"\nSELECT pg_catalog.pg_reload_conf();"_s; // sql-ok: as above
    return plan;
}

} // namespace howdah::explain
