// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/keptplansview.h"

#include "base/async.h"
#include "ui/plan/planrows.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

Result<KeptPlansView::Kept> read(store::Store &store, const QString &source, qint64 id)
{
    auto kept = explain::readKeptPlan(store, source, id);
    if (!kept)
        return fail(std::move(kept.error()));
    return KeptPlansView::Kept{kept->about, figuresOf(kept->plan, plan::findingsOf(kept->plan))};
}

} // namespace

KeptPlansView::KeptPlansView(const PaneContext &context, QWidget *parent)
    : QWidget(parent), m_context(context), m_source(explain::plansSource(context.profile.id)), m_model(new KeyedModel(keptColumns(), this)),
      m_list(new KeyedView(m_model, u"Kept plans"_s)),
      m_empty(new PlainLabel(u"Each plan that is seen here is kept on this machine, and listed"_s, nullptr, "muted")),
      m_only(new QCheckBox(u"Only of this statement"_s)), m_show(new QPushButton(u"Show"_s)),
      m_compare(new QPushButton(u"Compare two"_s)), m_forget(new QPushButton(u"Forget"_s))
{
    m_list->setObjectName(u"kept"_s);
    m_list->setMinimumHeight(96);
    m_empty->setWordWrap(true);
    m_only->setToolTip(u"Of the statement whose plan is shown"_s);
    m_only->setEnabled(false);
    m_show->setToolTip(u"Show the selected plan (Enter)"_s);
    m_compare->setToolTip(u"Select two: which node of one is which of the other, and what differs"_s);
    m_forget->setToolTip(u"Remove the selected plans from this machine (Delete)"_s);
    setLook(m_forget, "flat");
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::inside);
    buttons->addWidget(m_show);
    buttons->addWidget(m_compare);
    buttons->addStretch(1);
    buttons->addWidget(m_forget);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    column->addWidget(m_only);
    column->addWidget(m_empty);
    column->addWidget(m_list, 1);
    column->addLayout(buttons);

    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this, &KeptPlansView::updateButtons);
    connect(m_list, &QAbstractItemView::activated, this, [this] { showChosen(); });
    connect(m_only, &QCheckBox::toggled, this, &KeptPlansView::reload);
    connect(m_show, &QPushButton::clicked, this, &KeptPlansView::showChosen);
    connect(m_compare, &QPushButton::clicked, this, &KeptPlansView::compare);
    connect(m_forget, &QPushButton::clicked, this, &KeptPlansView::forget);
    auto *keys = new QShortcut(QKeySequence(Qt::Key_Delete), m_list);
    keys->setContext(Qt::WidgetShortcut);
    connect(keys, &QShortcut::activated, this, [this] {
        if (m_forget->isEnabled())
            forget();
    });
    updateButtons();
    reload();
}

void KeptPlansView::dropOpening()
{
    ++m_opening;
}

void KeptPlansView::setStatement(const QString &key)
{
    dropOpening();
    if (key == m_statement)
        return;
    m_statement = key;
    m_only->setVisible(key.isEmpty());
    m_empty->setText(u"No plan of it was seen here yet. Earlier ones are there only where auto_explain wrote them to the server's log"_s);
    m_model->setRows({});
    reload();
}

void KeptPlansView::setCurrent(const QString &key)
{
    m_only->setEnabled(!key.isEmpty());
    if (key == m_current)
        return;
    m_current = key;
    if (m_only->isChecked())
        reload();
}

void KeptPlansView::keep(const explain::PlanToKeep &plan)
{
    if (!m_context.store)
        return;
    const auto work = [source = m_source, plan, now = m_context.clock ? m_context.clock->wallMs() : 0](store::Store &store) {
        return explain::keepPlan(store, source, plan, now);
    };
    async::onFinished(m_context.store->run(work), this, [this](const Result<bool> &kept) {
        if (kept)
            reload();
        else
            emit failed(u"The plan is shown, but could not be kept"_s, kept.error());
    });
}

void KeptPlansView::reload()
{
    if (!m_context.store)
        return;
    const QString of = m_statement.isEmpty() && m_only->isChecked() ? m_current : m_statement;
    const auto work = [source = m_source, statement = of](store::Store &store) { return explain::keptPlans(store, source, statement); };
    async::onFinished(m_context.store->run(work), this, [this, number = ++m_reading](const Result<QVector<explain::KeptPlan>> &plans) {
        if (number != m_reading)
            return;
        if (!plans)
            return emit failed(u"The kept plans could not be read"_s, plans.error());
        m_model->setRows(keptRows(*plans));
        m_empty->setVisible(plans->isEmpty());
        updateButtons();
    });
}

QVector<qint64> KeptPlansView::chosen() const
{
    QVector<qint64> ids;
    for (const QModelIndex &row : m_list->selectionModel()->selectedRows())
        ids.append(row.data(KeyedModel::KeyRole).toLongLong());
    std::sort(ids.begin(), ids.end());
    return ids;
}

void KeptPlansView::updateButtons()
{
    const qsizetype count = chosen().size();
    m_show->setEnabled(count == 1);
    m_compare->setEnabled(count == 2);
    m_forget->setEnabled(count > 0);
}

void KeptPlansView::showChosen()
{
    const auto ids = chosen();
    if (ids.size() != 1)
        return;
    const auto work = [source = m_source, id = ids.first()](store::Store &store) { return read(store, source, id); };
    async::onFinished(m_context.store->run(work), this, [this, number = ++m_opening](const Result<Kept> &kept) {
        if (number != m_opening)
            return;
        if (kept)
            emit shown(*kept);
        else
            emit failed(u"The kept plan could not be read"_s, kept.error());
    });
}

void KeptPlansView::compare()
{
    const auto ids = chosen();
    if (ids.size() != 2)
        return;
    using Two = std::pair<Kept, Kept>;
    const auto work = [source = m_source, ids](store::Store &store) -> Result<Two> {
        auto before = read(store, source, ids.first());
        if (!before)
            return fail(std::move(before.error()));
        auto after = read(store, source, ids.last());
        if (!after)
            return fail(std::move(after.error()));
        return Two(*before, *after);
    };
    async::onFinished(m_context.store->run(work), this, [this, number = ++m_opening](const Result<Two> &two) {
        if (number != m_opening)
            return;
        if (two)
            emit compared(two->first, two->second);
        else
            emit failed(u"The kept plans could not be read"_s, two.error());
    });
}

void KeptPlansView::forget()
{
    const auto ids = chosen();
    if (ids.isEmpty())
        return;
    Question question;
    question.title = ids.size() == 1 ? u"Forget the plan"_s : u"Forget %1 plans"_s.arg(ids.size());
    question.text = u"They are removed from this machine. Nothing of it comes back."_s;
    question.verb = question.title;
    question.dangerous = true;
    ask(this, question, this, [this, ids](const Answer &answer) {
        if (!answer.accepted)
            return;
        const auto work = [source = m_source, ids](store::Store &store) { return explain::forgetPlans(store, source, ids); };
        async::onFinished(m_context.store->run(work), this, [this](const Done &done) {
            if (!done)
                return emit failed(u"The plans could not be removed"_s, done.error());
            reload();
        });
    });
}

} // namespace howdah::ui
