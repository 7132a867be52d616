// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/planspane.h"

#include "ui/plan/planask.h"
#include "ui/plan/planpage.h"
#include "ui/widgets/theme.h"

#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

const QLatin1StringView statementPlace = "statement:"_L1; // then the database, a line break and the text

class PlansPane : public Pane
{
public:
    PlansPane(const PaneContext &context, QWidget *parent) : Pane(parent), m_page(new PlanPage(context))
    {
        auto *column = new QVBoxLayout(this);
        column->setContentsMargins(space::group, space::part, space::group, space::group);
        column->addWidget(m_page);
    }

    void activated() override
    {
        if (!m_activated)
            m_page->readDatabases();
        m_activated = true;
    }
    void refresh() override { m_page->kept()->reload(); }
    void showPlace(const QString &place) override
    {
        if (!place.startsWith(statementPlace))
            return;
        const QString given = place.sliced(statementPlace.size());
        const qsizetype line = given.indexOf(u'\n');
        m_page->offerStatement(given.sliced(line + 1), given.left(qMax(qsizetype(0), line)));
    }
    QVector<Command> commands() const override
    {
        const auto to = [this](PlanAsk::Mode mode) {
            return [page = m_page, mode] {
                page->question()->setMode(mode);
                (mode == PlanAsk::Pasted ? page->question()->pastedText() : page->question()->statementText())->setFocus(Qt::ShortcutFocusReason);
            };
        };
        return {{u"Paste a plan"_s, u"command"_s, {}, to(PlanAsk::Pasted)}, {u"Ask for a statement's plan"_s, u"command"_s, {}, to(PlanAsk::Statement)}};
    }

private:
    PlanPage *m_page;
    bool m_activated = false;
};

} // namespace

Pane *makePlansPane(const PaneContext &context, QWidget *parent)
{
    return new PlansPane(context, parent);
}

} // namespace howdah::ui
