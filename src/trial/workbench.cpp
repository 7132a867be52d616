// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial/workbench.h"

#include "pg/quote.h"

#include <QElapsedTimer>
#include <QJsonArray>

#include <algorithm>

namespace howdah::trial
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int putBackMs = 600'000; // a DROP INDEX waits for nobody on a lab
constexpr auto lockKey = "8031724467115021164"; // of nothing else

// An array as the server reads it; keys have neither quotes nor commas.
QString arrayOf(const QStringList &keys)
{
    return u'{' + keys.join(u',') + u'}';
}

// Upkeep goes on in transactions of its own, table by table; what was refused was not begun.
bool mayStayHalfDone(const Remedy &remedy, const Error &error)
{
    return remedy.kind != Remedy::Kind::Change && error.kind != ErrorKind::Sql && error.kind != ErrorKind::Permission;
}

} // namespace

Done Workbench::claim(const CancelToken &cancel)
{
    const auto locked = m_connection.runFile(u"trial/lock"_s, {QString::fromLatin1(lockKey)}, {}, cancel);
    if (!locked)
        return fail(locked.error());
    if (!locked->boolean(0, 0).value_or(false))
        return fail(ErrorKind::Client, u"busy"_s, u"Another trial runs on %1"_s.arg(m_request.where), u"Wait for its end: two would measure each other"_s);
    m_claimed = true;
    return {};
}

Workbench::~Workbench()
{
    if (m_claimed && m_connection.isAlive())
        (void)m_connection.runFile(u"trial/unlock"_s, {QString::fromLatin1(lockKey)}); // else it goes with the link
}

Done Workbench::enter(const CancelToken &cancel)
{
    QString path;
    if (m_request.statement.searchPath) {
        QStringList quoted;
        for (const QString &schema : *m_request.statement.searchPath) {
            const auto name = pg::quoteIdentifier(schema);
            if (!name)
                return fail(name.error());
            quoted.append(QString::fromUtf8(*name));
        }
        path = quoted.join(u", "_s);
    } else {
        const auto usual = m_request.role.isEmpty() ? m_connection.runFile(u"explain/search_path"_s, {}, {}, cancel)
                                                    : m_connection.runFile(u"explain/role_path"_s, {m_request.role}, {}, cancel);
        if (!usual)
            return fail(Error(usual.error()).during(u"find the search_path"_s));
        // Our own links begin with an empty one.
        const QString now = usual->text(0, "now"_L1);
        path = !now.isEmpty() && now != "\"\""_L1 ? now : usual->isNull(0, 1) ? u"\"$user\", public"_s : usual->text(0, 1);
    }
    if (const auto set = m_connection.runFile(u"trial/search_path"_s, {path}, {}, cancel); !set)
        return fail(set.error());
    return {};
}

Done Workbench::become(const QString &role)
{
    QByteArray text = "RESET ROLE";
    if (!role.isEmpty()) {
        const auto name = pg::quoteIdentifier(role);
        if (!name)
            return fail(name.error());
        text = "SET ROLE " + *name; // sql-ok: of a name
    }
    if (const auto became = m_connection.run({text, {}}); !became) {
        Error error = became.error();
        error.context = role.isEmpty() ? u"take the role back"_s : u"measure as the role %1"_s.arg(role);
        return fail(std::move(error));
    }
    return {};
}

Result<Measured> Workbench::measure(const explain::Request &request, const QString &step, const Progress &progress, const CancelToken &cancel)
{
    if (m_request.role.isEmpty())
        return trial::measure(m_connection, request, m_request.runs, step, progress, cancel);
    if (Done became = become(m_request.role); !became)
        return fail(std::move(became.error()));
    auto measured = trial::measure(m_connection, request, m_request.runs, step, progress, cancel);
    if (Done back = become({}); !back && measured)
        return fail(std::move(back.error()));
    return measured;
}

Result<QStringList> Workbench::objects(const CancelToken &cancel)
{
    const auto rows = m_connection.runFile(u"trial/objects"_s, {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    QStringList keys;
    for (qsizetype row = 0; row < rows->size(); ++row)
        keys.append(rows->text(row, 0));
    return keys;
}

Done Workbench::readMade(const QStringList &known, bool ran, RemedyRun *run)
{
    const QString kind = kindName(run->remedy.kind);
    const auto rows = m_connection.runFile(u"trial/made"_s, {arrayOf(known), run->remedy.relation});
    if (!rows)
        return fail(rows.error());
    bool isOurs = true; // else somebody made more meanwhile, and which is which is not known
    for (qsizetype row = 0; row < rows->size(); ++row) {
        Made made;
        made.kind = rows->text(row, "kind"_L1);
        const bool found = rows->boolean(row, "found"_L1).value_or(false);
        if (made.kind != kind || (!ran && !found))
            continue;
        made.name = rows->text(row, "name"_L1);
        const QJsonArray names = rows->json(row, rows->columnIndex("index_names"_L1)).toArray();
        for (const QJsonValue &name : names)
            made.indexNames.append(name.toString());
        made.relation = rows->text(row, "relation"_L1);
        made.bytes = rows->integer(row, "bytes"_L1);
        made.valid = rows->boolean(row, "valid"_L1).value_or(true);
        made.partitioned = rows->boolean(row, "partitioned"_L1).value_or(false);
        made.expressions = rows->boolean(row, "expressions"_L1).value_or(false);
        made.adopted = rows->integer(row, "adopted"_L1).value_or(0);
        isOurs = isOurs && found && made.adopted == 0 && run->made.isEmpty();
        run->made.append(made);
        run->undo.append((made.kind == "index"_L1 ? u"DROP INDEX %1"_s : u"DROP STATISTICS %1"_s).arg(made.name)); // sql-ok: of a name
    }
    if (!isOurs) {
        run->undo.clear();
        run->stays = true;
    }
    return {};
}

Done Workbench::run(RemedyRun *run, const CancelToken &cancel)
{
    const Remedy &remedy = run->remedy;
    // Only of these is what is new theirs, to be dropped again: a REINDEX CONCURRENTLY, or another type of a column, makes an index anew too.
    const bool makes = remedy.kind == Remedy::Kind::Index || remedy.kind == Remedy::Kind::Statistics;
    const auto known = objects(cancel);
    if (!known)
        return fail(known.error());
    pg::RunOptions options;
    options.timeoutMs = m_request.remedyTimeoutMs;
    QElapsedTimer clock;
    clock.start();
    const auto ran = m_connection.run({remedy.text.toUtf8(), {}}, {}, options, cancel);
    if (ran)
        run->tookMs = clock.elapsed();
    run->stays = !remedy.canBePutBack() && (ran || mayStayHalfDone(remedy, ran.error()));
    if (ran && remedy.kind == Remedy::Kind::Setting)
        run->undo.append(u"RESET %1"_s.arg(remedy.setting)); // sql-ok: a setting's name
    if (makes) {
        const Done read = m_connection.isAlive() ? readMade(*known, ran.has_value(), run) : Done(fail(m_connection.lostReason()));
        run->stays = run->stays || !read; // not known, so taken as there
        if (!read && ran)
            return read;
    }
    if (!ran) {
        Error error = ran.error();
        error.context = u"run the remedy: %1"_s.arg(remedy.text.left(100)); // in place of the link's own word
        return fail(std::move(error));
    }
    return {};
}

Done Workbench::putBack(RemedyRun *run)
{
    pg::RunOptions options;
    options.timeoutMs = putBackMs;
    for (const QString &text : std::as_const(run->undo)) {
        if (const auto dropped = m_connection.run({text.toUtf8(), {}}, {}, options); !dropped) {
            run->stays = true;
            return fail(Error(dropped.error()).during(u"put the lab back: %1"_s.arg(text)));
        }
    }
    return {};
}

void tellUsed(QVector<RemedyRun> &remedies, const plan::Plan &plan)
{
    for (RemedyRun &run : remedies) {
        for (Made &made : run.made) {
            if (made.kind != "index"_L1)
                continue;
            made.used = std::any_of(plan.nodes.cbegin(), plan.nodes.cend(), [&](const plan::PlanNode &node) {
                return !node.index.isEmpty() && made.indexNames.contains(node.index);
            });
        }
    }
}

} // namespace howdah::trial
