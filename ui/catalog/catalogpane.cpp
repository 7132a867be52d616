// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/catalog/catalogpane.h"

#include "ui/catalog/catalogdetail.h"
#include "ui/catalog/catalogfilter.h"
#include "ui/catalog/cataloglinks.h"
#include "ui/catalog/catalogmodel.h"
#include "ui/catalog/catalogtree.h"
#include "ui/catalog/kindlook.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTimer>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{

constexpr int filterRestMs = 150;

class CatalogPane : public Pane
{
public:
    CatalogPane(const PaneContext &context, QWidget *parent)
        : Pane(parent), m_context(context), m_links(new CatalogLinks(context, this)), m_model(new CatalogModel(m_links, this)),
          m_filter(new CatalogFilter(this)), m_tree(new CatalogTree), m_detail(new CatalogDetail(m_links)), m_error(new ErrorBar(this)),
          m_word(new QLineEdit), m_found(new PlainLabel({}, nullptr, "small")), m_system(new QCheckBox(QStringLiteral("System objects")))
    {
        m_filter->setSourceModel(m_model);
        m_tree->setModel(m_filter);
        m_word->setPlaceholderText(QStringLiteral("Filter by name, in what is open"));
        m_word->setAccessibleName(m_word->placeholderText());
        m_word->setClearButtonEnabled(true);
        m_word->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
        auto *again = new QPushButton(QStringLiteral("Refresh"));
        again->setIcon(icon(QStringLiteral("refresh")));
        again->setToolTip(QStringLiteral("Read what is open again (F5)"));

        auto *bar = new QHBoxLayout;
        bar->setSpacing(space::part);
        bar->addWidget(m_word, 1);
        bar->addWidget(m_found);
        auto *options = new QHBoxLayout;
        options->addWidget(m_system);
        options->addStretch();
        options->addWidget(again);
        auto *left = new QWidget;
        auto *leftLayout = new QVBoxLayout(left);
        leftLayout->setContentsMargins(0, 0, 0, 0);
        leftLayout->setSpacing(space::part);
        leftLayout->addLayout(bar);
        leftLayout->addLayout(options);
        leftLayout->addWidget(m_tree, 1);
        auto *split = new QSplitter(Qt::Horizontal);
        split->setChildrenCollapsible(false);
        split->setHandleWidth(space::part);
        split->setStyleSheet(QStringLiteral("QSplitter::handle { background: transparent; }")); // the cards' borders are lines enough
        split->addWidget(left);
        split->addWidget(m_detail);
        split->setStretchFactor(0, 2);
        split->setStretchFactor(1, 3);
        left->setMinimumWidth(280);
        m_detail->setMinimumWidth(320);
        split->setSizes({400, 600});
        m_found->hide();

        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(space::group, space::group, space::group, space::group);
        layout->setSpacing(space::part);
        layout->addWidget(m_error);
        layout->addWidget(split, 1);
        m_error->clear();

        m_rest.setSingleShot(true);
        m_rest.setInterval(filterRestMs);
        connect(m_word, &QLineEdit::textChanged, &m_rest, qOverload<>(&QTimer::start));
        connect(&m_rest, &QTimer::timeout, this, [this] { filter(); });
        connect(m_system, &QCheckBox::toggled, m_filter, &CatalogFilter::setSystemShown);
        connect(again, &QPushButton::clicked, this, [this] { refresh(); });
        connect(m_error, &ErrorBar::retry, this, [this] { m_model->readRoot(); });
        connect(m_tree, &CatalogTree::copyWanted, this, [this] { copyName(); });
        connect(m_tree->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { showCurrent(); });
        connect(m_model, &CatalogModel::rootFailed, this,
                [this](const Error &error) { m_error->showError(QStringLiteral("The databases could not be read"), error); });
        connect(m_model, &CatalogModel::levelRead, this, [this](const QModelIndex &index) { levelRead(index); });
        connect(m_detail, &CatalogDetail::readDone, this, [this] { checkSettled(); });
        connect(m_detail, &CatalogDetail::sessionWanted, this, [this](const QString &key) {
            if (m_context.showPlace)
                m_context.showPlace(QStringLiteral("activity"), key);
        });
        if (m_context.catalog) {
            // A link that came back: what could not be read is read now.
            connect(m_context.catalog, &pg::Session::statusChanged, this, [this](const pg::LinkStatus &status) {
                if (status.state == pg::LinkState::Connected && !m_model->isRead({}))
                    m_model->readRoot();
            });
            m_model->readRoot();
        }
    }

    void refresh() override
    {
        m_model->refresh({});
        showCurrent(); // its definition and size are not the tree's
    }
    bool isSettled() const override
    {
        const QModelIndex database = m_model->databaseIndex(m_links->connectedDatabase());
        return m_model->isRead({}) && database.isValid() && m_model->isRead(database) && m_detail->isRead();
    }
    QString crumb() const override { return m_detail->qualified(); }

private:
    QModelIndex current() const { return m_filter->mapToSource(m_tree->currentIndex().siblingAtColumn(0)); }

    // The branch whose answer tells of an object: past the group's heading.
    QModelIndex levelOf(const QModelIndex &index) const
    {
        QModelIndex at = index.parent();
        while (at.isValid() && !m_model->objectAt(at))
            at = at.parent();
        return at;
    }

    void showCurrent()
    {
        const QModelIndex index = current();
        if (const catalog::Object *object = m_model->objectAt(index))
            m_detail->showObject(*object, m_model->relationOf(index), m_model->databaseOf(index));
        else
            m_detail->showNothing();
    }

    void copyName()
    {
        const QModelIndex index = current();
        if (const catalog::Object *object = m_model->objectAt(index))
            QGuiApplication::clipboard()->setText(qualifiedName(*object, m_model->relationOf(index)));
    }

    void levelRead(const QModelIndex &index)
    {
        if (!index.isValid() && m_model->isRead({})) {
            m_error->clear();
            const QModelIndex database = m_filter->mapFromSource(m_model->databaseIndex(m_links->connectedDatabase()));
            if (!m_openedOnce && database.isValid()) {
                m_openedOnce = true;
                m_tree->expand(database); // not selected: its size would be read, unasked, over all its files
            }
        } else if (index == current() || index == levelOf(current())) {
            showCurrent();
        }
        checkSettled();
    }

    void filter()
    {
        m_filter->setWord(m_word->text().trimmed());
        m_found->setVisible(!m_word->text().trimmed().isEmpty());
        const bool on = !m_word->text().trimmed().isEmpty();
        if (on) {
            const int found = m_filter->matches();
            m_found->setText(found == 0 ? QStringLiteral("none in what is open") : QString::number(found) + QStringLiteral(" in what is open"));
        } else {
            if (m_tree->currentIndex().isValid())
                m_tree->scrollTo(m_tree->currentIndex());
        }
    }

    void checkSettled()
    {
        if (m_toldSettled || !isSettled())
            return;
        m_toldSettled = true;
        emit settled();
    }

    PaneContext m_context;
    CatalogLinks *m_links;
    CatalogModel *m_model;
    CatalogFilter *m_filter;
    CatalogTree *m_tree;
    CatalogDetail *m_detail;
    ErrorBar *m_error;
    QLineEdit *m_word;
    PlainLabel *m_found;
    QCheckBox *m_system;
    QTimer m_rest;
    bool m_openedOnce = false;
    bool m_toldSettled = false;
};

} // namespace

Pane *makeCatalogPane(const PaneContext &context, QWidget *parent)
{
    return new CatalogPane(context, parent);
}

} // namespace howdah::ui
