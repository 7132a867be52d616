// SPDX-License-Identifier: GPL-3.0-or-later
// The links the tree reads through: the profile's own for the connected database, and one more for each other database that is entered,
// made when first needed (PostgreSQL has no cross-database catalog). Window's thread; owns the further sessions.
#pragma once

#include "ui/catalog/catalogsource.h"
#include "ui/shell/pane.h"

#include <QHash>

namespace howdah::ui
{

class CatalogLinks : public CatalogSource
{
    Q_OBJECT
public:
    explicit CatalogLinks(const PaneContext &context, QObject *parent = nullptr);

    QString connectedDatabase() const override { return m_context.profile.spec.database; }
    void read(const LevelRequest &request, const CancelToken &cancel, QObject *context, std::function<void(const Level &)> answer) override;

    // service(Connection&, CancelToken) -> Result<T> on the link of a database; answer(const Result<T>&).
    template<typename T>
    void run(const QString &database, std::function<Result<T>(pg::Connection &, const CancelToken &)> service, const CancelToken &cancel,
             QObject *context, std::function<void(const Result<T> &)> answer)
    {
        withSession(database, [=](const Result<pg::Session *> &session) {
            if (!session)
                return answer(fail(session.error()));
            async::onFinished((*session)->run(service, cancel), context, answer);
        });
    }

private:
    using SessionAnswer = std::function<void(const Result<pg::Session *> &)>;
    void withSession(const QString &database, const SessionAnswer &answer);

    PaneContext m_context;
    QHash<QString, pg::Session *> m_sessions; // children of this
};

} // namespace howdah::ui
