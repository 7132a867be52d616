// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/rungate.h"

#include "base/async.h"
#include "query/hazards.h"
#include "query/victims.h"
#include "session/changeplan.h"
#include "ui/session/guarddialog.h"

#include <QTimer>

namespace howdah::ui
{

namespace
{

constexpr qsizetype shownText = 4000;
constexpr qsizetype mostVictims = 20;
constexpr int lookDeadlineMs = 2000;

QByteArray textOf(const std::vector<query::Piece> &pieces)
{
    QString text;
    for (const query::Piece &piece : pieces) {
        if (text.size() > shownText)
            return session::masked(text.left(shownText)).toUtf8() + "\n…";
        text += (text.isEmpty() ? QString() : QStringLiteral("\n")) + QString::fromUtf8(piece.text)
            + (piece.kind == query::Piece::Kind::Statement ? QStringLiteral(";") : QString());
    }
    return session::masked(text).toUtf8();
}

// Of all that writes in it; none where the aim of one is not told, since figures of the others would be a part shown as the whole.
QVector<session::Victim> victimsOf(const std::vector<query::Piece> &pieces)
{
    QVector<session::Victim> victims;
    for (const query::Piece &piece : pieces) {
        if (piece.kind != query::Piece::Kind::Statement || query::runsWhatIsNotSeen(piece))
            return {};
        if (!query::natureOf(piece.text).writes && query::hazardsOf(piece.text).isEmpty())
            continue;
        const auto victim = query::victimOf(piece.text);
        if (!victim || victims.size() == mostVictims)
            return {};
        victims << *victim;
    }
    return victims;
}

} // namespace

RunGate::RunGate(const session::Profile &profile, pg::Session *catalog, QWidget *window, GateSeams seams)
    : QObject(window), m_profile(profile), m_catalog(catalog), m_window(window), m_seams(std::move(seams))
{
}

session::Guarding RunGate::guardingOf(const session::Profile &profile, const std::vector<query::Piece> &pieces, bool locked)
{
    QVector<session::Hazard> hazards;
    bool writes = false;
    for (const query::Piece &piece : pieces) {
        writes = writes || query::runsWhatIsNotSeen(piece);
        if (piece.kind != query::Piece::Kind::Statement)
            continue;
        hazards += query::hazardsOf(piece.text, piece.standardStrings);
        writes = writes || query::natureOf(piece.text).writes;
    }
    return session::guardFor(profile.environment, hazards, profile.name, writes, locked);
}

void RunGate::ask(RunRequest request, const QHash<QString, QString> &known, bool locked)
{
    const QVector<Parameter> parameters = parametersOf(request.pieces, known);
    if (parameters.isEmpty())
        return guard(request, locked);
    auto *dialog = new ParamDialog(parameters, m_values, m_window);
    connect(dialog, &QDialog::accepted, this, [this, dialog, request = std::move(request), parameters, locked]() mutable {
        const ParameterValues values = dialog->values();
        m_values.insert(values);
        int most = 0;
        for (const Parameter &parameter : parameters) {
            if (parameter.positional)
                most = qMax(most, parameter.name.toInt());
        }
        request.options.params = pg::Params(size_t(most));
        for (const Parameter &parameter : parameters) {
            const ParameterValue value = values.value(parameterKey(parameter));
            if (parameter.positional)
                request.options.params[size_t(parameter.name.toInt() - 1)] = value.null ? pg::Param() : pg::Param(value.text);
            else
                request.options.variables.insert(parameter.name, value.null ? QStringLiteral("NULL") : value.text);
        }
        guard(request, locked);
    });
    dialog->open();
}

void RunGate::guard(const RunRequest &asked, bool locked)
{
    const session::Guarding guarding = guardingOf(m_profile, asked.pieces, locked);
    if (guarding.demand == session::Demand::Nothing)
        return m_seams.go(asked);
    if (m_looking)
        return; // asked already
    if (guarding.demand == session::Demand::Refused)
        m_seams.refused(guarding);
    m_looking = true;
    look(victimsOf(asked.pieces), [this, asked, guarding](const session::Consequence &consequence) {
        m_looking = false;
        confirm(asked, guarding, consequence);
    });
}

// What can't be had in time is not known, which is said.
void RunGate::look(const QVector<session::Victim> &victims, std::function<void(const session::Consequence &)> then)
{
    if (!m_catalog || victims.isEmpty() || m_catalog->spec().database != m_profile.spec.database)
        return then({});
    CancelToken cancel;
    auto *deadline = new QTimer(this);
    deadline->setSingleShot(true);
    deadline->start(lookDeadlineMs);
    const auto answer = [deadline, then = std::move(then), told = std::make_shared<bool>(false)](const session::Consequence &consequence) {
        if (std::exchange(*told, true))
            return;
        deadline->deleteLater();
        then(consequence);
    };
    connect(deadline, &QTimer::timeout, this, [cancel, answer]() mutable {
        cancel.cancel();
        answer({});
    });
    const auto service = [victims](pg::Connection &connection, const CancelToken &token) { return session::consequenceOf(connection, victims, token); };
    async::onFinished(m_catalog->run(service, cancel), this,
                      [answer](const Result<session::Consequence> &read) { answer(read ? *read : session::Consequence()); });
}

void RunGate::confirm(const RunRequest &asked, const session::Guarding &guarding, const session::Consequence &consequence)
{
    const bool refused = guarding.demand == session::Demand::Refused;
    GuardedStatement statement;
    statement.text = textOf(asked.pieces);
    statement.server = QStringLiteral("%1 (%2)").arg(m_profile.name, m_profile.spec.address());
    statement.database = m_profile.spec.database;
    statement.role = m_profile.spec.role;
    statement.environment = m_profile.environment;
    statement.rows = consequence.rows;
    statement.rowsEstimated = true;
    statement.dependants = consequence.dependants;
    statement.backupNote = QStringLiteral("no backup is known to Howdah");
    askGuard(m_window, guarding, statement, this, [this, asked, refused, inTransaction = guarding.inTransaction](bool accepted) {
        if (!accepted)
            return;
        if (refused)
            return m_seams.unlock([this, asked] { guard(asked, false); });
        RunRequest request = asked;
        request.inTransaction = inTransaction;
        m_seams.go(request);
    });
}

} // namespace howdah::ui
