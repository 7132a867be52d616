// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/connectdialog.h"

#include "base/async.h"
#include "base/paths.h"
#include "base/savefile.h"
#include "session/wayin.h"
#include "ui/shell/checkview.h"
#include "ui/shell/connectform.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QDir>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

ConnectDialog::ConnectDialog(const PaneContext &context, QWidget *parent)
    : QDialog(parent), m_context(context), m_worker(u"connect"_s), m_url(new QLineEdit(this)), m_form(new ConnectForm(this)), m_steps(new CheckView(this)),
      m_note(new PlainLabel({}, this, "muted")), m_error(new ErrorBar(this)), m_progress(new QProgressBar(this)),
      m_import(new QPushButton(u"Import…"_s, this)), m_test(new QPushButton(u"Test connection"_s, this)), m_stop(new QPushButton(u"Cancel"_s, this)),
      m_connect(new QPushButton(u"Connect"_s, this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(u"Connect to a server"_s);
    m_url->setAccessibleName(u"Connection URL"_s);
    m_url->setPlaceholderText(u"Paste postgresql://role@host:5432/database or a DATABASE_URL: it fills the fields"_s);
    m_note->setWordWrap(true);
    m_note->hide();
    m_error->setRetryVisible(false);
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(4);
    m_progress->hide();
    m_import->setToolTip(u"Servers from pg_service.conf, .pgpass or another Howdah"_s);
    m_import->setAutoDefault(false);
    setLook(m_connect, "primary");
    m_connect->setDefault(true);
    m_steps->clear(u"Test connection tells here how far it comes: name, TCP, TLS and its certificates, authentication, role, version, privileges."_s);
    layOut();

    // A pasted URL at once; a typed one when it is whole: its beginning may be a URL too.
    connect(m_url, &QLineEdit::textChanged, this, [this, before = qsizetype(0)](const QString &url) mutable {
        const bool pasted = url.size() > before + 1;
        before = url.size();
        if (pasted)
            pasteUrl(url);
    });
    connect(m_url, &QLineEdit::editingFinished, this, [this] { pasteUrl(m_url->text()); });
    connect(m_stop, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_test, &QPushButton::clicked, this, [this] { test(false); });
    connect(m_connect, &QPushButton::clicked, this, [this] { test(true); });
    connect(m_import, &QPushButton::clicked, this, [this] {
        QDialog::reject();
        emit importWanted();
    });
    connect(m_steps, &CheckView::pinWanted, this, &ConnectDialog::pin);
}

ConnectDialog::~ConnectDialog()
{
    m_cancel.cancel();
}

void ConnectDialog::layOut()
{
    auto *fields = new QScrollArea(this);
    fields->setWidget(m_form);
    fields->setWidgetResizable(true);
    fields->setFrameShape(QFrame::NoFrame);
    fields->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_steps->setFixedWidth(360);
    auto *middle = new QHBoxLayout;
    middle->setSpacing(space::group);
    middle->addWidget(fields, 1);
    auto *side = new QVBoxLayout;
    side->setSpacing(space::part);
    side->addWidget(m_progress);
    side->addWidget(m_steps, 1);
    middle->addLayout(side);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addWidget(m_test);
    buttons->addWidget(m_import);
    buttons->addStretch();
    buttons->addWidget(m_stop);
    buttons->addWidget(m_connect);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::part);
    column->addWidget(new PlainLabel(u"Connect to a server"_s, this, "title"));
    column->addWidget(m_url);
    column->addSpacing(space::part);
    column->addLayout(middle, 1);
    column->addWidget(m_note);
    column->addWidget(m_error);
    column->addLayout(buttons);
    setMinimumSize(760, 480);
    const QSize room = parentWidget() ? parentWidget()->window()->size() : QSize(1100, 700);
    resize(qMin(1080, room.width() - 48), qMin(760, room.height() - 32));
}

void ConnectDialog::pasteUrl(const QString &url)
{
    if (url.trimmed().isEmpty())
        return;
    m_error->clear();
    m_note->hide();
    const Result<pg::ParsedUrl> parsed = pg::parseUrl(url.trimmed());
    if (!parsed)
        return showError(u"The URL can't be used"_s, parsed.error());
    m_form->take(*parsed);
    // Its parts are in the fields now, and a password is not shown longer than needed.
    m_url->clear();
    if (!parsed->ignored.isEmpty()) {
        m_note->setText(u"Not used from the URL: "_s + parsed->ignored.join(u", "_s));
        m_note->show();
    }
}

void ConnectDialog::test(bool thenSave)
{
    if (m_busy)
        return;
    const auto profile = m_form->entered();
    if (!profile)
        return;
    setBusy(u"Connecting to %1"_s.arg(profile->spec.address()));
    m_steps->clear(u"Looking for %1"_s.arg(profile->spec.host));
    m_cancel = CancelToken();
    const int attempt = ++m_attempt;
    const auto steps = std::make_shared<QPromise<session::CheckStep>>();
    steps->start();
    auto *seen = new QFutureWatcher<session::CheckStep>(this);
    connect(seen, &QFutureWatcherBase::resultReadyAt, this, [this, seen, attempt](int at) {
        if (attempt == m_attempt)
            m_steps->add(seen->resultAt(at));
    });
    connect(seen, &QFutureWatcherBase::finished, seen, &QObject::deleteLater);
    seen->setFuture(steps->future());
    const auto check = [profile = *profile, password = m_form->password(), cancel = m_cancel, steps]() -> Result<session::CheckReport> {
        const session::WayIn way(profile, [password](const store::SecretKey &, const CancelToken &) { return Result<Secret>(password); });
        const auto open = [&](const CancelToken &stop) -> Result<std::unique_ptr<pg::Connection>> {
            auto prepared = way.prepareFor(profile.spec.role)(stop);
            if (!prepared)
                return fail(std::move(prepared.error()));
            // Given for a way in that asks for none: the passphrase of a certificate's key.
            const Secret &secret = prepared->secret.isEmpty() && profile.passwordCommand.isEmpty() ? password : prepared->secret;
            return pg::Connection::open(profile.spec, secret, stop, {}, prepared->via);
        };
        const Done fits = session::checkProfile(profile);
        auto report = fits ? session::checkBySteps(profile, open, true, cancel, [&](const session::CheckStep &step) { steps->addResult(step); })
                           : session::CheckReport{{}, fits.error(), {}, {}};
        steps->finish();
        return report;
    };
    async::onFinished(m_worker.run(check), this, [this, attempt, profile = *profile, thenSave](const Result<session::CheckReport> &report) {
        if (attempt != m_attempt)
            return;
        if (report)
            return tested(*report, profile, thenSave);
        showError(u"No connection"_s, report.error());
    });
}

void ConnectDialog::tested(const session::CheckReport &report, const session::Profile &profile, bool thenSave)
{
    ++m_attempt; // what is still on its way of the steps is in the report
    m_steps->setReport(report);
    m_authority = report.authority();
    if (report.error)
        return showError(u"No connection"_s, *report.error);
    setBusy({});
    if (thenSave)
        return save(profile);
    m_note->setText(u"The connection works. Nothing is saved yet."_s);
    m_note->show();
}

void ConnectDialog::pin()
{
    if (!m_authority)
        return;
    const QString folder = QDir(paths::dataDir()).filePath(u"ca"_s);
    const QString path = QDir(folder).filePath(QString(m_authority->sha256).remove(u':').toLower() + u".pem"_s);
    setBusy(u"Saving the CA"_s);
    const auto write = [folder, path, pem = m_authority->pem]() -> Done {
        if (auto made = paths::makePrivateDir(folder); !made)
            return made;
        return saveFile(path, pem);
    };
    async::onFinished(m_worker.run(write), this, [this, path](const Done &saved) {
        if (!saved)
            return showError(u"The CA was not saved"_s, saved.error());
        m_form->clearErrors();
        m_form->setCaFile(path);
        setBusy({});
        test(false);
    });
}

void ConnectDialog::save(const session::Profile &profile)
{
    setBusy(u"Saving the profile"_s);
    m_stop->setEnabled(false); // what is being written is not half taken back
    async::onFinished(m_context.store->run([profile](store::Store &store) { return session::saveProfile(store, profile); }), this,
                      [this](const Result<session::Profile> &saved) {
                          if (saved)
                              return finish(*saved);
                          showError(u"Connected, but the profile was not saved"_s, saved.error());
                      });
}

void ConnectDialog::finish(const session::Profile &saved)
{
    const Secret password = m_form->password();
    const auto open = [this, saved] {
        accept();
        if (m_context.openProfile)
            m_context.openProfile(saved.name);
    };
    // None typed is none: an empty one that is held would stand before what the keychain has.
    if (password.isEmpty())
        return open();
    if (!m_form->keepsPassword()) {
        m_context.keychain->holdForSession(saved.secretKey(), password);
        return open();
    }
    setBusy(u"Waiting for the keychain"_s);
    m_stop->setEnabled(false);
    async::onFinished(m_context.keychain->write(saved.secretKey(), password), this, [this, saved, open, password](const Done &written) {
        // The server is reached and the profile is there: without a keychain the password lives as long as this program, and the bar says so.
        if (!written)
            m_context.keychain->holdForSession(saved.secretKey(), password);
        open();
    });
}

void ConnectDialog::reject()
{
    if (!m_busy)
        return QDialog::reject();
    if (!m_stop->isEnabled())
        return;
    m_cancel.cancel();
    ++m_attempt;
    setBusy({});
    m_note->setText(u"Stopped. Nothing is saved."_s);
    m_note->show();
}

void ConnectDialog::setBusy(const QString &what)
{
    if (!m_busy)
        m_focus = focusWidget();
    m_busy = !what.isEmpty();
    m_form->setEnabled(!m_busy);
    m_url->setEnabled(!m_busy);
    m_connect->setEnabled(!m_busy);
    m_test->setEnabled(!m_busy);
    m_import->setEnabled(!m_busy);
    m_stop->setEnabled(true);
    m_progress->setVisible(m_busy);
    if (m_busy)
        m_error->clear();
    m_note->setText(what);
    m_note->setVisible(m_busy);
    // What is disabled loses the focus, and Cancel would get it.
    if (!m_busy && m_focus)
        m_focus->setFocus();
}

void ConnectDialog::showError(const QString &what, const Error &error)
{
    setBusy({});
    m_error->showError(what, error);
    m_form->showError(error);
}

} // namespace howdah::ui
