// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/exportdialog.h"

#include "base/async.h"
#include "base/savefile.h"
#include "base/units.h"
#include "session/profilejson.h"
#include "ui/query/choosefile.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QDate>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr QSize wanted(720, 480);
constexpr int rowHeight = 24;

QString profiles(qsizetype count)
{
    return u"%1 %2"_s.arg(count).arg(count == 1 ? u"profile"_s : u"profiles"_s);
}

} // namespace

ExportDialog::ExportDialog(const PaneContext &context, QWidget *parent)
    : QDialog(parent), m_context(context), m_worker(u"export"_s), m_list(new QTreeWidget(this)), m_said(new PlainLabel({}, this, "muted")),
      m_error(new ErrorBar(this)), m_export(new QPushButton(u"Export…"_s, this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(u"Export profiles"_s);
    resize(wanted);
    m_error->setRetryVisible(false);
    m_list->setAccessibleName(u"Profiles"_s);
    m_list->setHeaderLabels({u"Name"_s, u"Server"_s, u"Role"_s, u"Environment"_s});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAllColumnsShowFocus(true);
    auto *note = new PlainLabel(u"For another machine or another person: addresses, roles and ways in. No password and no password command goes into the file."_s,
                                this, "muted");
    note->setWordWrap(true);
    auto *close = new QPushButton(u"Close"_s, this);
    setLook(m_export, "primary");
    m_export->setDefault(true);
    close->setAutoDefault(false);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addWidget(m_said, 1);
    buttons->addWidget(close);
    buttons->addWidget(m_export);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::part);
    column->addWidget(new PlainLabel(u"Export profiles"_s, this, "title"));
    column->addWidget(note);
    column->addWidget(m_list, 1);
    column->addWidget(m_error);
    column->addLayout(buttons);

    connect(m_list, &QTreeWidget::itemChanged, this, &ExportDialog::tell);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_export, &QPushButton::clicked, this, [this] {
        FileQuestion question;
        question.title = u"Export "_s + profiles(chosen().size());
        question.verb = u"Export"_s;
        question.proposal = u"howdah-profiles-%1.json"_s.arg(QDate::currentDate().toString(Qt::ISODate));
        question.filter = u"Howdah's profiles (*.json);;All files (*)"_s;
        question.save = true;
        chooseFile(this, question, this, [this](const QString &path) { write(path); });
    });
    tell();
    async::onFinished(m_context.store->run([](store::Store &store) { return session::readProfiles(store); }), this,
                      [this](const Result<QVector<session::Profile>> &all) {
                          if (!all)
                              return m_error->showError(u"The profiles could not be read"_s, all.error());
                          fill(*all);
                      });
}

void ExportDialog::fill(const QVector<session::Profile> &all)
{
    m_profiles = all;
    for (const session::Profile &profile : all) {
        auto *item = new QTreeWidgetItem(m_list);
        item->setSizeHint(3, QSize(0, rowHeight));
        const QString texts[] = {profile.name, profile.spec.address() + u'/' + profile.spec.database, profile.spec.role, session::environmentName(profile.environment)};
        for (int column = 0; column < 4; ++column) {
            item->setText(column, units::oneLine(texts[column]));
            item->setToolTip(column, tooltipText(item->text(column)));
        }
        item->setCheckState(0, Qt::Checked);
    }
    constexpr int widest[] = {220, 240, 140};
    for (int column = 0; column < 3; ++column) {
        m_list->resizeColumnToContents(column);
        m_list->setColumnWidth(column, qMin(m_list->columnWidth(column), widest[column]));
    }
    if (!all.isEmpty())
        m_list->setCurrentItem(m_list->topLevelItem(0));
    m_list->setFocus();
    tell();
}

QVector<session::Profile> ExportDialog::chosen() const
{
    QVector<session::Profile> list;
    for (int row = 0; row < m_list->topLevelItemCount(); ++row) {
        if (m_list->topLevelItem(row)->checkState(0) == Qt::Checked)
            list << m_profiles.at(row);
    }
    return list;
}

void ExportDialog::tell()
{
    const auto count = chosen().size();
    m_said->setText(m_profiles.isEmpty() ? u"No profile is saved yet."_s : u"%1 of %2 chosen"_s.arg(count).arg(m_profiles.size()));
    m_export->setText(count == 0 ? u"Export…"_s : u"Export %1…"_s.arg(profiles(count)));
    m_export->setEnabled(count > 0);
}

void ExportDialog::write(const QString &path)
{
    m_error->clear();
    const auto writing = m_worker.run([path, list = chosen()]() -> Result<qint64> {
        const Done saved = saveFile(path, session::exportProfiles(list), 0644);
        return saved ? Result<qint64>(list.size()) : fail(saved.error());
    });
    async::onFinished(writing, this, [this, path](const Result<qint64> &count) {
        if (!count)
            return m_error->showError(u"The profiles were not exported"_s, count.error());
        m_said->setText(u"%1 written to %2, without passwords"_s.arg(profiles(*count), units::oneLine(path)));
        emit exported(path);
    });
}

} // namespace howdah::ui
