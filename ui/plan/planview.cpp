// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/planview.h"

#include "plan/report.h"
#include "ui/plan/planfindings.h"
#include "ui/plan/plangraph.h"
#include "ui/plan/plannodepanel.h"
#include "ui/plan/planrows.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QTabWidget>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int narrow = 720;               // pixels: below it the panel stands under the rest
constexpr int mostExpanded = 1500;        // nodes; of more the heaviest branches are opened
constexpr qsizetype mostText = 1'000'000; // characters that are shown; Copy has all
constexpr qsizetype longestLine = 2000;   // a longer one would be laid out for seconds

// What is shown of a text; *cut: it is not all.
QString shownText(const QString &raw, bool *cut)
{
    QString shown;
    *cut = raw.size() > mostText;
    for (const QStringView line : QStringView(raw).left(mostText).split(u'\n')) {
        shown += line.left(longestLine);
        if (line.size() > longestLine) {
            shown += u'…';
            *cut = true;
        }
        shown += u'\n';
    }
    shown.chop(1);
    return shown;
}

} // namespace

PlanView::PlanView(QWidget *parent)
    : QWidget(parent), m_summary(new PlainLabel), m_tabs(new QTabWidget), m_split(new QSplitter(Qt::Horizontal)), m_model(new KeyedModel(planColumns(), this)),
      m_tree(new KeyedView(m_model, u"Nodes of the plan"_s)), m_graph(new PlanGraph), m_graphArea(new QScrollArea),
      m_zoom(new PlainLabel({}, nullptr, "muted")), m_findings(new PlanFindings), m_text(new QPlainTextEdit), m_cut(new PlainLabel({}, nullptr, "muted")),
      m_panel(new PlanNodePanel)
{
    m_tree->setObjectName(u"plan"_s);
    m_summary->setWordWrap(true);
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(u"Ways to look at the plan"_s);
    m_tabs->addTab(m_tree, u"Tree"_s);
    m_tabs->addTab(graphPage(), u"Graph"_s);
    m_tabs->addTab(m_findings, u"Findings"_s);
    m_tabs->addTab(textPage(), u"Text"_s);
    m_split->setChildrenCollapsible(false);
    m_split->setHandleWidth(space::part);
    m_split->setStyleSheet(u"QSplitter::handle { background: transparent; }"_s);
    m_split->addWidget(m_tabs);
    m_split->addWidget(m_panel);
    m_split->setStretchFactor(0, 3);
    m_split->setStretchFactor(1, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addWidget(m_summary);
    column->addWidget(m_split, 1);

    connect(m_tree, &KeyedView::currentKeyChanged, this, &PlanView::select);
    connect(m_graph, &PlanGraph::currentNodeChanged, this, [this](int node) {
        select(nodeKey(node));
        const QRect box = m_graph->boxOf(node);
        m_graphArea->ensureVisible(box.center().x(), box.center().y(), box.width() / 2 + space::group, box.height() / 2 + space::group);
    });
    connect(m_graph, &PlanGraph::zoomWanted, this, &PlanView::zoomTo);
    connect(m_findings, &PlanFindings::nodeWanted, this, [this](int node) {
        setTab(Tree);
        select(nodeKey(node));
        m_tree->setFocus(Qt::OtherFocusReason);
    });
    connect(m_tabs, &QTabWidget::currentChanged, this, [this] {
        m_panel->setVisible(m_tabs->currentIndex() <= Graph);
        if (m_fitted && m_tabs->currentIndex() == Graph)
            QTimer::singleShot(0, this, [this] { zoomTo(0); }); // once the page has its size
    });
    clear();
}

QWidget *PlanView::graphPage()
{
    m_graphArea->setWidget(m_graph);
    m_graphArea->setFrameShape(QFrame::NoFrame);
    m_graphArea->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_graphArea->setFocusPolicy(Qt::NoFocus);
    const auto button = [this](const QString &text, const QString &name, auto fn) {
        auto *one = new QPushButton(text);
        one->setAccessibleName(name);
        setLook(one, "flat");
        connect(one, &QPushButton::clicked, this, fn);
        return one;
    };
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(0, space::inside, 0, 0);
    bar->setSpacing(space::inside);
    auto *smaller = button(u"−"_s, u"Smaller"_s, [this] { zoomTo(m_graph->zoom() / 1.25); });
    smaller->setToolTip(u"Smaller (−, or Ctrl and the wheel)"_s);
    auto *larger = button(u"+"_s, u"Larger"_s, [this] { zoomTo(m_graph->zoom() * 1.25); });
    larger->setToolTip(u"Larger (+, or Ctrl and the wheel)"_s);
    auto *fit = button(u"Fit"_s, u"Fit the picture into the window"_s, [this] { zoomTo(0); });
    fit->setToolTip(u"Fit the picture into the window (0)"_s);
    bar->addWidget(smaller);
    bar->addWidget(m_zoom);
    bar->addWidget(larger);
    bar->addWidget(fit);
    auto *hint = new PlainLabel(u"The wider the arrow, the more rows"_s, nullptr, "muted");
    hint->setFont(smallFont());
    hint->setMinimumWidth(0);
    hint->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    hint->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    bar->addWidget(hint, 1);
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    column->addLayout(bar);
    column->addWidget(m_graphArea, 1);
    return page;
}

QWidget *PlanView::textPage()
{
    m_text->setReadOnly(true);
    m_text->setFont(fixedFont());
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setTabChangesFocus(true);
    m_text->setAccessibleName(u"Text of the plan"_s);
    auto *copy = new QPushButton(u"Copy text"_s);
    copy->setToolTip(u"All of it, as it was told"_s);
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_raw); });
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(0, space::inside, 0, 0);
    bar->setSpacing(space::part);
    bar->addWidget(copy);
    bar->addWidget(m_cut, 1);
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    column->addLayout(bar);
    column->addWidget(m_text, 1);
    return page;
}

void PlanView::setPlan(const plan::Plan &plan, const QVector<plan::Finding> &findings, const QString &raw, const QString &note)
{
    setPlan(figuresOf(plan, findings), raw, note);
}

void PlanView::setPlan(const SharedPlan &plan, const QString &raw, const QString &note)
{
    m_plan = plan;
    m_selected.clear();
    m_raw = raw.isEmpty() ? plan::reportText(plan->plan, plan->findings) : raw;
    m_summary->setText(summaryText(*plan));
    m_summary->show();
    m_panel->showNothing();
    m_model->setRows({});
    m_model->setRows(planRows(*plan));
    showColumns();
    expandTree();
    m_graph->setPlan(plan);
    m_findings->setNote(note);
    m_findings->show(plan);
    m_tabs->setTabText(Findings, plan->findings.isEmpty() ? u"Findings"_s : u"Findings (%1)"_s.arg(plan->findings.size()));
    bool cut = false;
    m_text->setPlainText(shownText(m_raw, &cut));
    m_cut->setText(cut ? u"Long lines and what is beyond a million characters are left out here; Copy has all of it"_s : QString());
    m_tabs->setEnabled(true);
    zoomTo(0);
    // What is looked at first is what took longest.
    int heaviest = 0;
    for (int node = 1; node < std::min<qsizetype>(plan->nodes.size(), mostTreeNodes); ++node)
        if (plan->nodes[node].share.value_or(0) > plan->nodes[heaviest].share.value_or(0))
            heaviest = node;
    select(nodeKey(heaviest));
}

void PlanView::clear()
{
    m_plan.reset();
    m_selected.clear();
    m_raw.clear();
    m_summary->clear();
    m_summary->hide();
    m_model->setRows({});
    m_graph->setPlan({});
    m_findings->show({});
    m_text->clear();
    m_cut->clear();
    m_panel->showNothing();
    m_tabs->setTabText(Findings, u"Findings"_s);
    m_tabs->setEnabled(false);
}

void PlanView::showColumns()
{
    const QVector<bool> has = columnsOf(*m_plan);
    for (int column = 0; column < has.size(); ++column)
        m_tree->setColumnHidden(column, !has.at(column));
}

void PlanView::expandTree()
{
    if (m_plan->plan.nodes.size() <= mostExpanded) {
        m_tree->expandAll();
        return;
    }
    m_tree->expandToDepth(2);
    for (int node = 0; node < std::min<qsizetype>(m_plan->nodes.size(), mostTreeNodes); ++node)
        if (m_plan->nodes[node].heavy)
            m_tree->select(nodeKey(node));
}

void PlanView::select(const QString &key)
{
    if (!m_plan || key.isEmpty() || key == m_selected)
        return;
    m_selected = key;
    m_panel->show(m_plan, key);
    if (m_tree->currentKey() != key)
        m_tree->select(key);
    m_graph->select(nodeOfKey(key));
}

void PlanView::setTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
}

void PlanView::zoomTo(double zoom)
{
    m_fitted = zoom <= 0;
    if (m_fitted)
        m_graph->fit(m_graphArea->viewport()->size());
    else
        m_graph->setZoom(zoom);
    m_zoom->setText(u"%1 %"_s.arg(std::round(m_graph->zoom() * 100)));
}

void PlanView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void PlanView::arrange()
{
    const auto wanted = width() < narrow ? Qt::Vertical : Qt::Horizontal;
    if (m_split->orientation() != wanted) {
        m_split->setOrientation(wanted);
        m_split->setSizes(wanted == Qt::Vertical ? QList<int>{height() * 3 / 5, height() * 2 / 5} : QList<int>{width() * 7 / 10, width() * 3 / 10});
    }
    if (m_fitted && m_plan && m_tabs->currentIndex() == Graph)
        QTimer::singleShot(0, this, [this] {
            if (m_fitted)
                zoomTo(0);
        });
}

} // namespace howdah::ui
