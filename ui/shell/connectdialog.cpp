// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/connectdialog.h"

#include "session/check.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{

QLineEdit *line(QWidget *parent, const char *name, const char *placeholder = "")
{
    auto *edit = new QLineEdit(parent);
    edit->setAccessibleName(QString::fromLatin1(name));
    edit->setPlaceholderText(QString::fromLatin1(placeholder));
    return edit;
}

} // namespace

ConnectDialog::ConnectDialog(const PaneContext &context, QWidget *parent)
    : QDialog(parent), m_context(context), m_worker(QStringLiteral("connect")), m_url(line(this, "Connection URL", "postgresql://role@host:5432/database")),
      m_name(line(this, "Name", "orders")), m_host(line(this, "Host", "db1.example.org")), m_port(new QSpinBox(this)),
      m_database(line(this, "Database", "postgres")), m_role(line(this, "Role")), m_password(line(this, "Password")),
      m_sslMode(new QComboBox(this)), m_caFile(line(this, "CA file", "the system's certificates")), m_environment(new QComboBox(this)),
      m_keep(new QCheckBox(QStringLiteral("Keep the password in the keychain"), this)),
      m_binding(new QCheckBox(QStringLiteral("Require channel binding (SCRAM-SHA-256-PLUS)"), this)), m_note(new PlainLabel({}, this, "muted")),
      m_error(new ErrorBar(this)), m_connect(new QPushButton(QStringLiteral("Connect"), this)), m_fields(new QWidget(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(QStringLiteral("Connect to a server"));
    setMinimumWidth(560);
    m_note->setWordWrap(true);
    m_note->hide();
    m_error->setRetryVisible(false);
    setLook(m_connect, "primary");
    m_connect->setDefault(true);
    auto *cancel = new QPushButton(QStringLiteral("Cancel"), this);

    auto *form = new QFormLayout(m_fields);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(space::group);
    form->setVerticalSpacing(space::part);
    form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    addFields(form);

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_connect);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::edge, space::edge, space::group);
    column->setSpacing(space::group);
    column->addWidget(new PlainLabel(QStringLiteral("Connect to a server"), this, "title"));
    column->addWidget(m_fields);
    column->addWidget(m_note);
    column->addWidget(m_error);
    column->addStretch();
    column->addLayout(buttons);

    // A pasted URL at once; a typed one when it is whole: its beginning may be a URL too.
    connect(m_url, &QLineEdit::textChanged, this, [this, before = qsizetype(0)](const QString &url) mutable {
        const bool pasted = url.size() > before + 1;
        before = url.size();
        if (pasted)
            pasteUrl(url);
    });
    connect(m_url, &QLineEdit::editingFinished, this, [this] { pasteUrl(m_url->text()); });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_connect, &QPushButton::clicked, this, &ConnectDialog::tryConnect);
}

ConnectDialog::~ConnectDialog()
{
    m_cancel.cancel();
}

void ConnectDialog::addFields(QFormLayout *form)
{
    m_port->setRange(1, 65535);
    m_port->setValue(5432);
    m_port->setAccessibleName(QStringLiteral("Port"));
    m_port->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_password->setEchoMode(QLineEdit::Password);
    for (const pg::SslMode mode : {pg::SslMode::VerifyFull, pg::SslMode::VerifyCa, pg::SslMode::Require, pg::SslMode::Disable})
        m_sslMode->addItem(pg::sslModeName(mode), int(mode));
    m_sslMode->setAccessibleName(QStringLiteral("sslmode"));
    for (const auto environment : {session::Environment::Production, session::Environment::Test, session::Environment::Development})
        m_environment->addItem(session::environmentName(environment), int(environment));
    m_environment->setAccessibleName(QStringLiteral("Environment"));
    m_keep->setChecked(true);
    m_binding->setChecked(true);
    connect(m_sslMode, &QComboBox::currentIndexChanged, this, [this] {
        const bool tls = m_sslMode->currentData().toInt() != int(pg::SslMode::Disable);
        m_binding->setEnabled(tls);
        m_caFile->setEnabled(tls);
    });

    auto *place = new QHBoxLayout;
    place->setSpacing(space::part);
    m_port->setFixedWidth(80);
    place->addWidget(m_host, 1);
    place->addWidget(m_port);
    auto *browse = new QPushButton(QStringLiteral("Choose…"), this);
    browse->setAccessibleName(QStringLiteral("Choose the CA file"));
    auto *ca = new QHBoxLayout;
    ca->setSpacing(space::part);
    ca->addWidget(m_caFile, 1);
    ca->addWidget(browse);
    connect(browse, &QPushButton::clicked, this, [this] {
        auto *files = new QFileDialog(this, QStringLiteral("CA file"));
        files->setAttribute(Qt::WA_DeleteOnClose);
        files->setFileMode(QFileDialog::ExistingFile);
        files->setNameFilter(QStringLiteral("Certificates (*.pem *.crt *.cer);;All files (*)"));
        connect(files, &QFileDialog::fileSelected, m_caFile, &QLineEdit::setText);
        files->open();
    });

    const auto add = [&](const char *label, auto *field) { form->addRow(new PlainLabel(QString::fromUtf8(label), this, "muted"), field); };
    add("Paste a URL", m_url);
    add("Name", m_name);
    add("Host, port", place);
    add("Database", m_database);
    add("Role", m_role);
    add("Password", m_password);
    add("", m_keep);
    add("sslmode", m_sslMode);
    add("CA file", ca);
    add("", m_binding);
    add("Environment", m_environment);
}

void ConnectDialog::pasteUrl(const QString &url)
{
    if (url.trimmed().isEmpty())
        return;
    m_error->clear();
    m_note->hide();
    const Result<pg::ParsedUrl> parsed = pg::parseUrl(url.trimmed());
    if (!parsed)
        return showError(QStringLiteral("The URL can't be used"), parsed.error());
    const pg::ConnectionSpec &spec = parsed->spec;
    m_host->setText(spec.host);
    m_port->setValue(spec.port);
    m_database->setText(spec.database);
    m_role->setText(spec.role);
    if (m_name->text().isEmpty())
        m_name->setText(spec.database);
    m_sslMode->setCurrentIndex(m_sslMode->findData(int(spec.sslMode)));
    m_caFile->setText(spec.caFile);
    m_binding->setChecked(spec.auth == pg::Auth::ScramBound);
    if (!parsed->password.isEmpty()) {
        m_password->setText(QString::fromUtf8(parsed->password.data(), parsed->password.size()));
    }
    // Its parts are in the fields now, and a password is not shown longer than needed.
    m_url->clear();
    if (!parsed->ignored.isEmpty()) {
        m_note->setText(QStringLiteral("Not used from the URL: ") + parsed->ignored.join(QStringLiteral(", ")));
        m_note->show();
    }
}

session::Profile ConnectDialog::entered() const
{
    session::Profile profile;
    profile.spec.host = m_host->text().trimmed();
    profile.spec.port = quint16(m_port->value());
    profile.spec.role = m_role->text().trimmed();
    profile.spec.database = m_database->text().trimmed().isEmpty() ? QStringLiteral("postgres") : m_database->text().trimmed();
    profile.spec.sslMode = pg::SslMode(m_sslMode->currentData().toInt());
    profile.spec.caFile = m_caFile->text().trimmed();
    profile.spec.auth = profile.spec.sslMode != pg::SslMode::Disable && m_binding->isChecked() ? pg::Auth::ScramBound : pg::Auth::Scram;
    profile.environment = session::Environment(m_environment->currentData().toInt());
    profile.name = m_name->text().trimmed().isEmpty() ? profile.spec.host : m_name->text().trimmed();
    return profile;
}

void ConnectDialog::tryConnect()
{
    const session::Profile profile = entered();
    if (profile.spec.host.isEmpty() || profile.spec.role.isEmpty()) {
        Error error;
        error.message = QStringLiteral("A host and a role are needed.");
        showError(QStringLiteral("Not enough to connect with"), error);
        (profile.spec.host.isEmpty() ? m_host : m_role)->setFocus();
        return;
    }
    setBusy(QStringLiteral("Connecting to %1").arg(profile.spec.address()));
    const Secret password(m_password->text().toUtf8());
    const auto check = [spec = profile.spec, password, cancel = m_cancel]() -> Result<bool> {
        auto connection = pg::Connection::open(spec, password, cancel);
        if (!connection)
            return fail(connection.error());
        return true;
    };
    async::onFinished(m_worker.run(check), this, [this](const Result<bool> &connected) {
        if (connected)
            return save();
        showError(QStringLiteral("No connection"), connected.error());
    });
}

void ConnectDialog::save()
{
    setBusy(QStringLiteral("Saving the profile"));
    async::onFinished(m_context.store->run([profile = entered()](store::Store &store) { return session::saveProfile(store, profile); }), this,
                      [this](const Result<session::Profile> &saved) {
                          if (saved)
                              return finish(*saved);
                          showError(QStringLiteral("Connected, but the profile was not saved"), saved.error());
                          if (saved.error().reason == QLatin1StringView("name_taken"))
                              m_name->setFocus();
                      });
}

void ConnectDialog::finish(const session::Profile &saved)
{
    const Secret password(m_password->text().toUtf8());
    const auto open = [this, saved] {
        accept();
        if (m_context.openProfile)
            m_context.openProfile(saved.name);
    };
    if (password.isEmpty() || !m_keep->isChecked()) {
        m_context.keychain->holdForSession(saved.secretKey(), password);
        return open();
    }
    setBusy(QStringLiteral("Waiting for the keychain"));
    async::onFinished(m_context.keychain->write(saved.secretKey(), password), this, [this, saved, open, password](const Done &written) {
        // The server is reached and the profile is there: without a keychain the password lives as long as this program, and the bar says so.
        if (!written)
            m_context.keychain->holdForSession(saved.secretKey(), password);
        open();
    });
}

void ConnectDialog::setBusy(const QString &what)
{
    m_fields->setEnabled(what.isEmpty());
    m_connect->setEnabled(what.isEmpty());
    if (!what.isEmpty())
        m_error->clear();
    m_note->setText(what);
    m_note->setVisible(!what.isEmpty());
}

void ConnectDialog::showError(const QString &what, const Error &error)
{
    setBusy({});
    m_error->showError(what, error);
    adjustSize();
}

} // namespace howdah::ui
