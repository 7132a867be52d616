// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/picturescene.h"

#include "ui/backup/wizard.h"
#include "ui/backup/wizardfind.h"
#include "ui/catalog/catalogtree.h"
#include "ui/query/querytab.h"
#include "ui/query/querytabs.h"
#include "ui/query/resulttabs.h"
#include "ui/shell/pane.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/keyedview.h"

#include <QFile>
#include <QPushButton>
#include <QTreeView>

namespace howdah::ui
{

namespace
{

constexpr int leastSamples = 9; // eight points of a rate

bool drawsCharts(Pane &, const Workspace &workspace, QString *waitsFor)
{
    *waitsFor = QStringLiteral("%1 of %2 samples").arg(workspace.samples()).arg(leastSamples);
    return workspace.samples() >= leastSamples;
}

QModelIndex childBeginning(const QAbstractItemModel *model, const QModelIndex &parent, const QString &beginning)
{
    for (int row = 0; row < model->rowCount(parent); ++row) {
        const QModelIndex child = model->index(row, 0, parent);
        if (child.data().toString().startsWith(beginning))
            return child;
    }
    return {};
}

// The tables of public, the first one selected, so that its details show. One level a turn, as the answers come.
bool openTree(QTreeView *tree, const QString &database, QString *waitsFor)
{
    QModelIndex at;
    for (const QString &step : {database, QStringLiteral("Schemas"), QStringLiteral("public"), QStringLiteral("Tables")}) {
        const QModelIndex child = childBeginning(tree->model(), at, step);
        // A tree without a row for schemas has them below the database.
        if (!child.isValid() && step == QLatin1StringView("Schemas") && childBeginning(tree->model(), at, QStringLiteral("public")).isValid())
            continue;
        if (!child.isValid()) {
            *waitsFor = QStringLiteral("no “%1” in the tree").arg(step);
            return false;
        }
        tree->expand(child);
        at = child;
    }
    QModelIndex table = childBeginning(tree->model(), at, QStringLiteral("projects"));
    if (!table.isValid() && tree->model()->rowCount(at) > 0)
        table = tree->model()->index(0, 0, at);
    if (!table.isValid()) {
        *waitsFor = QStringLiteral("no table in the tree");
        return false;
    }
    tree->setCurrentIndex(table);
    tree->scrollTo(table);
    tree->expand(table);
    return true;
}

// One pane in several pictures: at a place of its own each.
PictureScene placeScene(const QString &name, const QString &pane, const QString &place)
{
    return {name, pane,
            [place](Pane &shown, const Workspace &, QString *) {
                shown.showPlace(place);
                return true;
            },
            {}};
}

PictureScene catalogScene()
{
    auto isOpen = std::make_shared<bool>(false);
    return {QStringLiteral("catalog"), QStringLiteral("catalog"),
            [isOpen](Pane &pane, const Workspace &workspace, QString *waitsFor) {
                auto *tree = pane.findChild<CatalogTree *>();
                if (*isOpen || !tree)
                    return true;
                *isOpen = openTree(tree, workspace.profile().spec.database, waitsFor);
                return false; // its details come
            },
            {}};
}

// By its name in the palette; false: the pane has none such now.
bool runCommand(const Pane &pane, const QString &name)
{
    for (const Command &command : pane.commands()) {
        if (command.text == name) {
            command.run();
            return true;
        }
    }
    return false;
}

void clickNamed(const QWidget *in, const QString &name)
{
    for (QPushButton *button : in->findChildren<QPushButton *>()) {
        if (button->isVisible() && button->isEnabled() && (button->accessibleName() == name || button->text() == name))
            return button->click();
    }
}

// The Backups pane itself, whatever recovery is open in its place.
PictureScene backupScene()
{
    return {QStringLiteral("backup"), QStringLiteral("backup"),
            [](Pane &pane, const Workspace &, QString *waitsFor) {
                const auto *wizard = pane.findChild<RecoveryWizard *>();
                *waitsFor = QStringLiteral("the recovery is left");
                if (!wizard || !wizard->isVisible())
                    return true;
                runCommand(pane, QStringLiteral("Recovery: back to the backups"));
                return false;
            },
            {}};
}

// The recovery at its second step: what took most away, found in the archived WAL. Where no backups are kept, the pane as it is.
PictureScene recoveryScene()
{
    const auto hasSearched = std::make_shared<bool>(false);
    return {QStringLiteral("recovery"), QStringLiteral("backup"),
            [hasSearched](Pane &pane, const Workspace &, QString *waitsFor) {
                auto *wizard = pane.findChild<RecoveryWizard *>();
                *waitsFor = QStringLiteral("the recovery opens");
                if (!wizard || !wizard->isVisible())
                    return !runCommand(pane, QStringLiteral("Recover to a moment"));
                *waitsFor = QStringLiteral("the archive is read");
                if (wizard->isBusy())
                    return false;
                if (wizard->step() == WizardStep::Intent) {
                    wizard->findChild<QPushButton *>(QStringLiteral("next"))->click();
                    return false;
                }
                if (!std::exchange(*hasSearched, true)) {
                    clickNamed(wizard, QStringLiteral("Search the WAL"));
                    return false;
                }
                const auto *find = wizard->findChild<WizardFind *>();
                if (find && find->table()->shownRows() > 0 && find->table()->currentKey().isEmpty())
                    find->table()->setCurrentIndex(find->table()->model()->index(0, 0));
                return true;
            },
            {}};
}

// A script of ours in a tab of its own: it reads the system's catalogs and runs on any server. `part` of its results is the one shown.
PictureScene queryScene(const QString &name, const std::shared_ptr<QString> &tabId, int part)
{
    return {name, QStringLiteral("query"),
            [tabId, part](Pane &pane, const Workspace &, QString *waitsFor) {
                auto *tabs = pane.findChild<QueryTabs *>();
                *waitsFor = QStringLiteral("its tabs come back");
                if (!tabs || !tabs->isRestored())
                    return false;
                if (tabId->isEmpty()) {
                    QFile script(QStringLiteral(":/pictures/query.sql"));
                    *waitsFor = QStringLiteral("its script can't be read");
                    if (!script.open(QIODevice::ReadOnly))
                        return false;
                    script.readLine(); // the licence
                    QueryTab *tab = tabs->add();
                    *tabId = tab->id();
                    tab->insert(QString::fromUtf8(script.readAll()));
                    tab->runScript();
                    return false;
                }
                *waitsFor = QStringLiteral("its script runs");
                ResultTabs *results = tabs->current()->results();
                if (tabs->current()->isBusy() || results->results() <= part)
                    return false;
                results->setCurrentIndex(part);
                return true;
            },
            {}};
}

std::function<void(Pane &)> closesTab(const std::shared_ptr<QString> &tabId)
{
    return [tabId](Pane &pane) {
        auto *tabs = pane.findChild<QueryTabs *>();
        for (int i = tabs ? tabs->count() - 1 : -1; i >= 0; --i) {
            if (tabs->at(i)->id() == *tabId)
                tabs->close(i);
        }
    };
}

} // namespace

QVector<PictureScene> allPictureScenes()
{
    QVector<PictureScene> scenes;
    for (const PaneDescriptor &pane : allPanes()) {
        if (pane.id == QLatin1StringView("overview"))
            scenes.append({pane.id, pane.id, drawsCharts, {}});
        else if (pane.id == QLatin1StringView("catalog"))
            scenes.append(catalogScene());
        else if (pane.id == QLatin1StringView("query")) {
            const auto tabId = std::make_shared<QString>();
            scenes.append(queryScene(pane.id, tabId, 0));
            scenes.append(queryScene(QStringLiteral("query-rows"), tabId, 1));
            scenes.last().leave = closesTab(tabId);
        } else if (pane.id == QLatin1StringView("activity")) {
            scenes.append(placeScene(pane.id, pane.id, QStringLiteral("sessions")));
            scenes.append(placeScene(QStringLiteral("activity-locks"), pane.id, QStringLiteral("locks")));
        } else if (pane.id == QLatin1StringView("backup")) {
            scenes.append(backupScene());
            scenes.append(recoveryScene());
        } else
            scenes.append({pane.id, pane.id, {}, {}});
    }
    return scenes;
}

} // namespace howdah::ui
