// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/rungate.h"

#include "query/hazards.h"
#include "session/changeplan.h"
#include "ui/session/guarddialog.h"

namespace howdah::ui
{

namespace
{

constexpr qsizetype shownText = 4000;

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

} // namespace

RunGate::RunGate(const session::Profile &profile, QWidget *window, GateSeams seams)
    : QObject(window), m_profile(profile), m_window(window), m_seams(std::move(seams))
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
        hazards += query::hazardsOf(piece.text);
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
    const bool refused = guarding.demand == session::Demand::Refused;
    if (refused)
        m_seams.refused(guarding);
    GuardedStatement statement;
    statement.text = textOf(asked.pieces);
    statement.server = QStringLiteral("%1 (%2)").arg(m_profile.name, m_profile.spec.address());
    statement.database = m_profile.spec.database;
    statement.role = m_profile.spec.role;
    statement.environment = m_profile.environment;
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
