// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/importdialog.h"

#include "base/async.h"
#include "base/units.h"
#include "session/servicefile.h"
#include "ui/query/choosefile.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPixmap>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr QSize wanted(980, 680);
constexpr QSize smallest(720, 480);
constexpr int margin = 48;
constexpr int restMs = 300;
constexpr int indicatorSize = 16;
constexpr int rowHeight = 24;
enum Column { Name, Server, Role, Environment, Password, Outcome };

QString count(qsizetype number, const QString &one, const QString &many)
{
    return u"%1 %2"_s.arg(number).arg(number == 1 ? one : many);
}

} // namespace

ImportDialog::ImportDialog(const PaneContext &context, QWidget *parent)
    : QDialog(parent), m_context(context), m_worker(u"import"_s), m_environment(new QComboBox(this)), m_table(new QTreeWidget(this)),
      m_detail(new PlainLabel({}, this, "small")), m_said(new PlainLabel({}, this, "muted")), m_error(new ErrorBar(this)),
      m_open(new QPushButton(this)), m_import(new QPushButton(u"Import"_s, this)), m_close(new QPushButton(u"Close"_s, this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(u"Import servers"_s);
    m_rest.setSingleShot(true);
    m_rest.setInterval(restMs);
    layOut();
    connect(&m_rest, &QTimer::timeout, this, &ImportDialog::look);
    connect(m_environment, &QComboBox::currentIndexChanged, this, [this] {
        for (int row = 0; row < m_rows.size(); ++row)
            showRow(row);
    });
    connect(m_error, &ErrorBar::retry, this, [this] {
        m_shown = {}; // the same files, anew
        look();
    });
    connect(m_table, &QTreeWidget::itemChanged, this, &ImportDialog::tell);
    connect(m_table, &QTreeWidget::currentItemChanged, this, &ImportDialog::showDetail);
    connect(m_import, &QPushButton::clicked, this, &ImportDialog::save);
    connect(m_close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_open, &QPushButton::clicked, this, [this] {
        const int row = m_table->indexOfTopLevelItem(m_table->currentItem());
        const QString name = m_rows.at(row).offer.profile.name;
        accept();
        if (m_context.openProfile)
            m_context.openProfile(name);
    });
    tell();
    async::onFinished(m_worker.run([]() -> Result<session::ImportFiles> { return session::usualImportFiles(); }), this,
                      [this](const Result<session::ImportFiles> &usual) {
                          if (!usual || files() != session::ImportFiles())
                              return; // one was named meanwhile
                          m_service->setText(usual->serviceFile);
                          m_pass->setText(usual->passFile);
                          look();
                      });
}

void ImportDialog::layOut()
{
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::group);
    form->setVerticalSpacing(space::part);
    form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_service = addFile(form, u"pg_service.conf"_s, u"Service files (*.conf);;All files (*)"_s);
    m_pass = addFile(form, u".pgpass"_s, u"All files (*)"_s);
    m_export = addFile(form, u"Exported profiles"_s, u"Howdah's profiles (*.json);;All files (*)"_s);
    m_environment->setAccessibleName(u"Environment of all"_s);
    m_environment->addItem(u"as the file says, else production"_s, -1);
    for (const auto one : {session::Environment::Production, session::Environment::Test, session::Environment::Development})
        m_environment->addItem(session::environmentName(one), int(one));
    form->addRow(new PlainLabel(u"Environment"_s, this, "muted"), m_environment);

    m_table->setAccessibleName(u"What the files offer"_s);
    m_table->setHeaderLabels({u"Name"_s, u"Server"_s, u"Role"_s, u"Environment"_s, u"Password"_s, u"Outcome"_s});
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->setAllColumnsShowFocus(true);
    m_table->setTextElideMode(Qt::ElideRight);
    m_table->header()->setStretchLastSection(true);
    m_detail->setWordWrap(true);
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_detail->setMinimumHeight(2 * m_detail->fontMetrics().lineSpacing()); // nothing jumps
    m_detail->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    setLook(m_import, "primary");
    for (QPushButton *button : {m_open, m_import, m_close})
        button->setAutoDefault(false); // Return in a line reads the file
    m_open->hide();

    auto *note = new PlainLabel(u"Read once: Howdah never connects by these files. Passwords go to the keychain, and nothing is saved before Import."_s, this, "muted");
    note->setWordWrap(true);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addWidget(m_said, 1);
    buttons->addWidget(m_open);
    buttons->addWidget(m_close);
    buttons->addWidget(m_import);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::part);
    column->addWidget(new PlainLabel(u"Import servers"_s, this, "title"));
    column->addWidget(note);
    column->addLayout(form);
    column->addWidget(m_table, 1);
    column->addWidget(m_detail);
    column->addWidget(m_error);
    column->addLayout(buttons);
    setMinimumSize(smallest);
    resize(parentWidget() ? wanted.boundedTo(parentWidget()->window()->size() - QSize(margin, margin)).expandedTo(smallest) : wanted);
}

QLineEdit *ImportDialog::addFile(QFormLayout *form, const QString &label, const QString &filter)
{
    auto *edit = new QLineEdit(this);
    edit->setAccessibleName(label);
    edit->setPlaceholderText(u"none"_s);
    auto *choose = new QPushButton(u"Choose…"_s, this);
    choose->setAccessibleName(u"Choose "_s + label);
    choose->setAutoDefault(false);
    auto *row = new QHBoxLayout;
    row->setSpacing(space::part);
    row->addWidget(edit, 1);
    row->addWidget(choose);
    auto *title = new PlainLabel(label, this, "muted");
    title->setBuddy(edit);
    form->addRow(title, row);
    connect(edit, &QLineEdit::textChanged, this, [this] {
        m_rest.start();
        tell();
    });
    connect(edit, &QLineEdit::editingFinished, this, &ImportDialog::look);
    connect(choose, &QPushButton::clicked, this, [this, edit, label, filter] {
        FileQuestion question;
        question.title = u"Import "_s + label;
        question.verb = u"Look at it"_s;
        question.proposal = edit->text();
        question.filter = filter;
        chooseFile(this, question, this, [this, edit](const QString &path) {
            edit->setText(path);
            look();
        });
    });
    return edit;
}

session::ImportFiles ImportDialog::files() const
{
    return {m_service->text().trimmed(), m_pass->text().trimmed(), m_export->text().trimmed()};
}

void ImportDialog::look()
{
    m_rest.stop();
    const session::ImportFiles from = files();
    if (m_saving || from == m_shown)
        return;
    m_shown = from;
    const int look = ++m_looked;
    m_reading = true;
    m_error->clear();
    showOffers({});
    const auto known = m_context.store->run([](store::Store &store) { return session::readProfiles(store); });
    const auto failed = [this](const QString &what, const Error &error) {
        m_reading = false;
        m_error->setRetryVisible(true);
        m_error->showError(what, error);
        tell();
    };
    async::onFinished(known, this, [this, look, from, failed](const Result<QVector<session::Profile>> &existing) {
        if (look != m_looked)
            return;
        if (!existing)
            return failed(u"The profiles that are there already could not be read"_s, existing.error());
        const auto reading = m_worker.run([from, existing = *existing]() -> Result<QVector<session::OfferedProfile>> {
            auto offers = session::offersFrom(from);
            if (offers)
                session::fitBeside(*offers, existing);
            return offers;
        });
        async::onFinished(reading, this, [this, look, failed](const Result<QVector<session::OfferedProfile>> &offers) {
            if (look != m_looked)
                return;
            if (!offers)
                return failed(u"Nothing was taken from the file"_s, offers.error());
            m_reading = false;
            showOffers(*offers);
        });
    });
}

void ImportDialog::showOffers(const QVector<session::OfferedProfile> &offers)
{
    const QSignalBlocker quiet(m_table); // told once, at the end
    m_rows.clear();
    m_table->clear();
    for (const session::OfferedProfile &offer : offers) {
        auto *item = new QTreeWidgetItem(m_table);
        item->setSizeHint(Outcome, QSize(0, rowHeight));
        if (offer.refused.isEmpty())
            item->setCheckState(Name, Qt::Checked);
        m_rows.append({offer, item, false, {}, false});
        showRow(int(m_rows.size()) - 1);
    }
    // From the first rows, and capped: what a file says must not push the outcome out.
    constexpr int widest[] = {180, 220, 120, 110, 90};
    for (int column = Name; column < Outcome; ++column) {
        m_table->resizeColumnToContents(column);
        m_table->setColumnWidth(column, qMin(m_table->columnWidth(column), widest[column]));
    }
    if (!m_rows.isEmpty())
        m_table->setCurrentItem(m_rows.constFirst().item);
    showDetail();
    tell();
}

session::Environment ImportDialog::environmentOf(const session::OfferedProfile &offer) const
{
    const int all = m_environment->currentData().toInt();
    return all < 0 ? offer.profile.environment : session::Environment(all);
}

void ImportDialog::showRow(int number)
{
    const QSignalBlocker quiet(m_table);
    Row &row = m_rows[number];
    const session::OfferedProfile &offer = row.offer;
    const bool refused = !offer.refused.isEmpty();
    const pg::ConnectionSpec &spec = offer.profile.spec;
    const QString outcome = !row.outcome.isEmpty() ? row.outcome
        : refused                                  ? u"refused: "_s + offer.refused
        : offer.notes.isEmpty()                    ? u"new"_s
                                                   : offer.notes.join(u"; "_s);
    const QString texts[] = {offer.profile.name.isEmpty() ? offer.source : offer.profile.name, spec.host.isEmpty() ? QString() : spec.address() + u'/' + spec.database,
                             spec.role, session::environmentName(row.isSaved ? offer.profile.environment : environmentOf(offer)),
                             offer.password.isEmpty() ? u"none"_s : u"yes"_s, outcome};
    for (int column = Name; column <= Outcome; ++column) {
        const bool says = !refused || column == Name || column == Outcome;
        row.item->setText(column, says ? units::oneLine(texts[column]) : QString());
        row.item->setToolTip(column, tooltipText(row.item->text(column)));
    }
    // Names stand below each other, with a box to check or without.
    QPixmap blank(indicatorSize, 1);
    blank.fill(Qt::transparent);
    row.item->setIcon(Name, row.item->data(Name, Qt::CheckStateRole).isValid() ? QIcon() : QIcon(blank));
    row.item->setIcon(Outcome, stateIcon(refused || row.isTrouble ? StateLook::Warning : row.isSaved ? StateLook::Ok : StateLook::Unknown));
    if (row.item == m_table->currentItem())
        showDetail();
}

void ImportDialog::showDetail()
{
    const int at = m_table->indexOfTopLevelItem(m_table->currentItem());
    const bool has = at >= 0 && at < m_rows.size();
    QStringList lines;
    if (has) {
        const Row &row = m_rows.at(at);
        lines << row.offer.source;
        if (!row.outcome.isEmpty())
            lines << row.outcome;
        if (!row.offer.refused.isEmpty())
            lines << u"refused: "_s + row.offer.refused;
        lines += row.offer.notes;
    }
    m_detail->setText(units::oneLine(lines.join(u" · "_s)));
    m_open->setVisible(has && m_rows.at(at).isSaved && !m_saving);
    if (has)
        m_open->setText(u"Connect to %1"_s.arg(units::oneLine(m_rows.at(at).offer.profile.name).left(40).replace(u'&', u"&&"_s)));
}

bool ImportDialog::isWanted(int number) const
{
    const Row &row = m_rows.at(number);
    return row.offer.refused.isEmpty() && !row.isSaved && row.item->checkState(Name) == Qt::Checked;
}

void ImportDialog::tell()
{
    qsizetype take = 0, refused = 0, done = 0;
    for (int row = 0; row < m_rows.size(); ++row) {
        take += isWanted(row) ? 1 : 0;
        refused += m_rows.at(row).offer.refused.isEmpty() ? 0 : 1;
        done += m_rows.at(row).isSaved ? 1 : 0;
    }
    const bool stale = files() != m_shown;
    const bool none = files() == session::ImportFiles();
    QStringList parts;
    if (done > 0)
        parts << u"%1 saved"_s.arg(done);
    if (take > 0)
        parts << u"%1 would be saved"_s.arg(take);
    if (refused > 0)
        parts << u"%1 refused"_s.arg(refused);
    m_said->setText(m_saving         ? u"Saving"_s
                        : none       ? u"No file is named."_s
                        : m_reading || stale ? u"Reading"_s
                        : m_rows.isEmpty() ? m_error->isHidden() ? u"No server is in it."_s : QString()
                                           : parts.join(u", "_s));
    m_import->setText(take == 0 ? u"Import"_s : u"Import "_s + count(take, u"server"_s, u"servers"_s));
    m_import->setEnabled(take > 0 && !m_saving && !m_reading && !stale);
    m_close->setEnabled(!m_saving);
    for (QWidget *field : {static_cast<QWidget *>(m_service), static_cast<QWidget *>(m_pass), static_cast<QWidget *>(m_export), static_cast<QWidget *>(m_environment)})
        field->setEnabled(!m_saving);
}

void ImportDialog::save()
{
    QVector<int> rows;
    QVector<session::Profile> profiles;
    for (int row = 0; row < m_rows.size(); ++row) {
        if (!isWanted(row))
            continue;
        session::Profile profile = m_rows.at(row).offer.profile;
        profile.environment = environmentOf(m_rows.at(row).offer);
        rows << row;
        profiles << profile;
    }
    m_saving = true;
    m_error->clear();
    tell();
    const auto saving = m_context.store->run([profiles](store::Store &store) -> Result<QVector<Result<session::Profile>>> {
        QVector<Result<session::Profile>> made;
        for (const session::Profile &profile : profiles)
            made << session::saveProfile(store, profile);
        return made;
    });
    async::onFinished(saving, this, [this, rows](const Result<QVector<Result<session::Profile>>> &made) {
        if (made)
            return saved(rows, *made);
        m_saving = false;
        m_error->setRetryVisible(false);
        m_error->showError(u"The profiles were not saved"_s, made.error());
        tell();
    });
}

void ImportDialog::saved(const QVector<int> &rows, const QVector<Result<session::Profile>> &made)
{
    for (qsizetype i = 0; i < rows.size(); ++i) {
        Row &row = m_rows[rows.at(i)];
        const Result<session::Profile> &one = made.at(i);
        if (one) {
            row.offer.profile = *one;
            row.isSaved = true;
            row.outcome = u"saved"_s;
            row.item->setData(Name, Qt::CheckStateRole, QVariant());
            if (!row.offer.password.isEmpty())
                m_toKeep << rows.at(i);
        } else {
            row.isTrouble = true;
            row.outcome = u"not saved: "_s + one.error().text();
        }
        showRow(rows.at(i));
    }
    emit imported();
    keepNext();
}

// One at a time: a keychain that asks its person asks once.
void ImportDialog::keepNext()
{
    if (m_toKeep.isEmpty()) {
        m_saving = false;
        showDetail();
        return tell();
    }
    const int at = m_toKeep.takeFirst();
    const store::SecretKey key = m_rows.at(at).offer.profile.secretKey();
    async::onFinished(m_context.keychain->write(key, m_rows.at(at).offer.password), this, [this, at, key](const Done &written) {
        Row &row = m_rows[at];
        if (written) {
            row.outcome = u"saved, its password in the keychain"_s;
        } else {
            m_context.keychain->holdForSession(key, row.offer.password);
            row.isTrouble = true;
            row.outcome = u"saved; its password only until Howdah ends: "_s + written.error().text();
        }
        row.offer.password = {};
        showRow(at);
        keepNext();
    });
}

void ImportDialog::reject()
{
    if (!m_saving)
        QDialog::reject();
}

} // namespace howdah::ui
