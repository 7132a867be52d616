// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/validatelater.h"

#include "migrations/ddl.h"

#include <QRegularExpression>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

ValidateLater validateLater(const File &before, const File &after)
{
    static const QRegularExpression named(u"^\\s*add\\s+constraint\\s+(\"(?:[^\"]|\"\")+\"|[^\\s(]+)"_s, QRegularExpression::CaseInsensitiveOption);
    ValidateLater later;
    const auto was = [&before](const QByteArray &text) {
        return std::any_of(before.up.statements.cbegin(), before.up.statements.cend(), [&](const query::Piece &piece) { return piece.text == text; });
    };
    for (const query::Piece &piece : after.up.statements) {
        const Ddl ddl = recognise(piece.text);
        if (ddl.kind != Ddl::Kind::Alter || was(piece.text))
            continue;
        for (const Action &action : ddl.actions) {
            if (action.kind != Action::Kind::AddConstraint || !action.constraint.notValid)
                continue;
            const QByteArray text = piece.text.mid(action.begin, action.end - action.begin).trimmed();
            const auto name = named.match(QString::fromUtf8(text));
            // "ALTER TABLE ONLY public.orders ", as it is written.
            const QByteArray head = piece.text.left(ddl.actions.constFirst().begin).trimmed();
            if (!name.hasMatch()) {
                later.unnamed << ddl.relations.value(0);
                continue;
            }
            const QByteArray constraint = name.captured(1).toUtf8();
            later.up += head + " VALIDATE CONSTRAINT " + constraint + ";\n";
            later.down += head + " DROP CONSTRAINT " + constraint + ";\n" + head + ' ' + text + ";\n"; // sql-ok: text of a file that is made
        }
    }
    return later;
}

} // namespace howdah::migrations
