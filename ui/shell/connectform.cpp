// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/connectform.h"

#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

QLineEdit *line(QWidget *parent, const char *name, const char *placeholder = "")
{
    auto *edit = new QLineEdit(parent);
    edit->setAccessibleName(QString::fromLatin1(name));
    edit->setPlaceholderText(QString::fromLatin1(placeholder));
    return edit;
}

template<typename T>
T *named(T *widget, const char *name)
{
    widget->setAccessibleName(QString::fromLatin1(name));
    return widget;
}

bool isWeak(pg::Auth auth)
{
    return auth == pg::Auth::Scram || auth == pg::Auth::Password;
}

// What each way of proving means, in one line; the weaker ones say so first.
QString meaning(pg::Auth auth)
{
    switch (auth) {
    case pg::Auth::ScramBound: return u"Both sides prove that they know the password, and that nobody sits between. The strongest with a password."_s;
    case pg::Auth::Scram: return u"Weaker: the password is proven, but not bound to this TLS channel. For PgBouncer."_s;
    case pg::Auth::Certificate: return u"A client certificate and its key; no password is sent."_s;
    case pg::Auth::Peer: return u"A Unix socket on this machine: the kernel tells the server who you are."_s;
    case pg::Auth::Kerberos: return u"The ticket of kinit; no password is sent."_s;
    case pg::Auth::Password: return u"Weaker: the server is given the password itself, inside verified TLS. For LDAP, PAM, RADIUS and cloud tokens."_s;
    }
    return {};
}

Result<QVector<pg::Host>> hostsOf(const QString &text)
{
    QVector<pg::Host> hosts;
    // As a URL writes them, so that one reader decides what a host is.
    if (text.trimmed().isEmpty())
        return hosts;
    const auto parsed = pg::parseUrl(u"postgresql://x@%1/x"_s.arg(QString(text).remove(u' ')));
    if (!parsed)
        return fail(parsed.error());
    hosts.append({parsed->spec.host, parsed->spec.port});
    hosts += parsed->spec.otherHosts;
    return hosts;
}

} // namespace

ConnectForm::ConnectForm(QWidget *parent)
    : QWidget(parent), m_form(new QFormLayout(this)), m_name(line(this, "Name", "orders")), m_host(line(this, "Host", "db1.example.org or /run/postgresql")),
      m_otherHosts(line(this, "More hosts", "db2:5432, db3:5432")), m_database(line(this, "Database", "postgres")), m_role(line(this, "Role", "role")),
      m_password(line(this, "Password")), m_command(line(this, "Password command", "a program and its arguments: %h %p %d %r")),
      m_certFile(line(this, "Certificate file")), m_keyFile(line(this, "Key file")), m_caFile(line(this, "CA file", "the system's certificates")),
      m_ssh(line(this, "SSH destination", "directly; or a host of your ssh configuration")), m_port(named(new QSpinBox(this), "Port")),
      m_expiry(named(new QSpinBox(this), "Good for")), m_target(named(new QComboBox(this), "target_session_attrs")),
      m_auth(named(new QComboBox(this), "Authentication")), m_sslMode(named(new QComboBox(this), "sslmode")),
      m_environment(named(new QComboBox(this), "Environment")), m_keep(new QCheckBox(u"Keep it in the keychain"_s, this)),
      m_pooler(new QCheckBox(u"A pooler in transaction mode stands before it"_s, this)), m_authNote(new PlainLabel({}, this, "small")),
      m_poolerNote(new PlainLabel(pg::poolerLimits().join(u'\n'), this, "small"))
{
    m_form->setContentsMargins(0, 0, space::part, 0);
    m_form->setHorizontalSpacing(space::group);
    m_form->setVerticalSpacing(space::part);
    m_form->setLabelAlignment(Qt::AlignRight | Qt::AlignTop);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_authNote->setWordWrap(true);
    m_poolerNote->setWordWrap(true);
    addPlace();
    addProof();
    addWay();
    for (auto *box : {m_auth, m_sslMode})
        connect(box, &QComboBox::currentIndexChanged, this, &ConnectForm::follow);
    for (auto *edit : {m_host, m_otherHosts, m_command})
        connect(edit, &QLineEdit::textChanged, this, &ConnectForm::follow);
    connect(m_pooler, &QCheckBox::toggled, this, [this](bool on) {
        // It ends TLS itself, so nothing can be bound to the server's channel.
        if (on && m_auth->currentData().toInt() == int(pg::Auth::ScramBound))
            m_auth->setCurrentIndex(m_auth->findData(int(pg::Auth::Scram)));
        follow();
    });
    follow();
}

void ConnectForm::add(const char *label, QWidget *field, QLayout *row, QWidget *below)
{
    auto *cell = new QWidget(this);
    auto *column = new QVBoxLayout(cell);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    if (row)
        column->addLayout(row);
    else
        column->addWidget(field);
    if (below)
        column->addWidget(below);
    auto *error = new PlainLabel({}, cell, "critical");
    error->setWordWrap(true);
    error->hide();
    column->addWidget(error);
    m_errors.insert(field, error);
    m_rows.insert(field, cell);
    auto *title = new PlainLabel(QString::fromLatin1(label), this, "muted");
    title->setFixedHeight(m_name->sizeHint().height()); // beside the first line of a tall row
    title->setBuddy(field);
    m_form->addRow(title, cell);
}

QLayout *ConnectForm::withChoose(QLineEdit *edit, const QString &what, const QString &filter)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(space::part);
    auto *browse = new QPushButton(u"Choose…"_s, this);
    browse->setAccessibleName(u"Choose the "_s + what);
    row->addWidget(edit, 1);
    row->addWidget(browse);
    connect(browse, &QPushButton::clicked, this, [this, edit, what, filter] {
        auto *files = new QFileDialog(this, what);
        files->setAttribute(Qt::WA_DeleteOnClose);
        files->setFileMode(QFileDialog::ExistingFile);
        files->setNameFilter(filter);
        connect(files, &QFileDialog::fileSelected, edit, &QLineEdit::setText);
        files->open();
    });
    return row;
}

void ConnectForm::addPlace()
{
    m_port->setRange(1, 65535);
    m_port->setValue(5432);
    m_port->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_port->setFixedWidth(80);
    for (const auto environment : {session::Environment::Production, session::Environment::Test, session::Environment::Development})
        m_environment->addItem(session::environmentName(environment), int(environment));
    for (const auto target : {pg::TargetSession::Any, pg::TargetSession::ReadWrite, pg::TargetSession::ReadOnly, pg::TargetSession::Primary,
                              pg::TargetSession::Standby, pg::TargetSession::PreferStandby})
        m_target->addItem(pg::targetName(target), int(target));
    auto *place = new QHBoxLayout;
    place->setSpacing(space::part);
    place->addWidget(m_host, 1);
    place->addWidget(m_port);
    auto *more = new QHBoxLayout;
    more->setSpacing(space::part);
    more->addWidget(m_otherHosts, 1);
    more->addWidget(m_target);
    m_target->setToolTip(u"target_session_attrs: which of the hosts is taken"_s);
    auto *name = new QHBoxLayout;
    name->setSpacing(space::part);
    name->addWidget(m_name, 1);
    name->addWidget(m_environment);
    m_environment->setToolTip(u"Environment: what the server is to you; production is treated most carefully"_s);
    auto *who = new QHBoxLayout;
    who->setSpacing(space::part);
    who->addWidget(m_database, 1);
    who->addWidget(new PlainLabel(u"as"_s, this, "muted"));
    who->addWidget(m_role, 1);
    add("Name", m_name, name);
    add("Host, port", m_host, place);
    add("More hosts", m_otherHosts, more);
    add("Database, role", m_database, who);
    m_errors.insert(m_role, m_errors.value(m_database));
    m_rows.insert(m_role, m_rows.value(m_database));
}

void ConnectForm::addProof()
{
    m_password->setEchoMode(QLineEdit::Password);
    m_keep->setChecked(true);
    m_expiry->setRange(0, 604'800);
    m_expiry->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_expiry->setPrefix(u"good for "_s);
    m_expiry->setSuffix(u" s"_s);
    m_expiry->setSpecialValueText(u"asked each time"_s);
    m_expiry->setToolTip(u"How long the command's answer is good"_s);
    for (const auto auth : {pg::Auth::ScramBound, pg::Auth::Certificate, pg::Auth::Peer, pg::Auth::Kerberos, pg::Auth::Scram, pg::Auth::Password}) {
        QString label = pg::authLabel(auth);
        label[0] = label[0].toUpper();
        m_auth->addItem(isWeak(auth) ? label + u" (weaker)"_s : label, int(auth));
    }
    auto *secret = new QHBoxLayout;
    secret->setSpacing(space::part);
    secret->addWidget(m_password, 1);
    secret->addWidget(m_keep);
    auto *command = new QHBoxLayout;
    command->setSpacing(space::part);
    command->addWidget(m_command, 1);
    command->addWidget(m_expiry);
    add("Authentication", m_auth, nullptr, m_authNote);
    add("Password", m_password, secret);
    add("or by command", m_command, command);
    const QString filter = u"Certificates and keys (*.pem *.crt *.cer *.key);;All files (*)"_s;
    add("Certificate", m_certFile, withChoose(m_certFile, u"certificate"_s, filter));
    add("Its key", m_keyFile, withChoose(m_keyFile, u"key"_s, filter));
}

void ConnectForm::addWay()
{
    for (const pg::SslMode mode : {pg::SslMode::VerifyFull, pg::SslMode::VerifyCa, pg::SslMode::Require, pg::SslMode::Disable})
        m_sslMode->addItem(pg::sslModeName(mode), int(mode));
    add("sslmode", m_sslMode);
    add("CA file", m_caFile, withChoose(m_caFile, u"CA file"_s, u"Certificates (*.pem *.crt *.cer);;All files (*)"_s));
    add("Through SSH", m_ssh);
    add("Pooler", m_pooler, nullptr, m_poolerNote);
}

void ConnectForm::follow()
{
    const auto auth = pg::Auth(m_auth->currentData().toInt());
    const bool certificate = auth == pg::Auth::Certificate;
    const bool byPassword = auth == pg::Auth::ScramBound || auth == pg::Auth::Scram || auth == pg::Auth::Password;
    const bool socket = m_host->text().startsWith(u'/');
    const bool tls = !socket && m_sslMode->currentData().toInt() != int(pg::SslMode::Disable);
    const bool command = !m_command->text().trimmed().isEmpty();
    m_authNote->setText(meaning(auth));
    setRole(m_authNote, isWeak(auth) ? "warning" : "small");
    m_form->setRowVisible(m_rows.value(m_password), byPassword || certificate);
    m_form->setRowVisible(m_rows.value(m_command), byPassword);
    m_form->setRowVisible(m_rows.value(m_certFile), certificate);
    m_form->setRowVisible(m_rows.value(m_keyFile), certificate);
    m_password->setPlaceholderText(certificate ? u"of the key's file, if it has one"_s : QString());
    m_password->setEnabled(!command || certificate);
    m_keep->setEnabled(!command || certificate);
    m_expiry->setEnabled(command);
    m_target->setEnabled(!m_otherHosts->text().trimmed().isEmpty());
    m_sslMode->setEnabled(!socket);
    m_rows.value(m_caFile)->setEnabled(tls);
    m_ssh->setEnabled(!socket);
    m_poolerNote->setVisible(m_pooler->isChecked());
}

void ConnectForm::take(const pg::ParsedUrl &url)
{
    clearErrors();
    const pg::ConnectionSpec &spec = url.spec;
    const auto choose = [](QComboBox *box, int value) { box->setCurrentIndex(box->findData(value)); };
    m_host->setText(spec.host);
    m_port->setValue(spec.port);
    QStringList more;
    for (const pg::Host &host : spec.otherHosts) {
        pg::ConnectionSpec other;
        other.host = host.name;
        other.port = host.port;
        more << other.address();
    }
    m_otherHosts->setText(more.join(u", "_s));
    choose(m_target, int(spec.target));
    m_database->setText(spec.database);
    m_role->setText(spec.role);
    if (m_name->text().isEmpty())
        m_name->setText(spec.database);
    choose(m_sslMode, int(spec.sslMode));
    m_caFile->setText(spec.caFile);
    choose(m_auth, int(spec.auth));
    m_pooler->setChecked(spec.pooler); // after it: a pooler takes the binding away
    // Also none: what was there is of another server, perhaps.
    m_password->setText(url.password.isEmpty() ? QString() : QString::fromUtf8(url.password.data(), url.password.size()));
}

void ConnectForm::setCaFile(const QString &path)
{
    m_caFile->setText(path);
}

std::optional<session::Profile> ConnectForm::entered()
{
    clearErrors();
    session::Profile profile;
    pg::ConnectionSpec &spec = profile.spec;
    const auto word = [](const QLineEdit *edit) { return edit->text().trimmed(); };
    spec.host = word(m_host);
    spec.port = quint16(m_port->value());
    spec.role = word(m_role);
    spec.database = word(m_database).isEmpty() ? u"postgres"_s : word(m_database);
    spec.sslMode = pg::SslMode(m_sslMode->currentData().toInt());
    spec.caFile = word(m_caFile);
    spec.auth = pg::Auth(m_auth->currentData().toInt());
    if (spec.auth == pg::Auth::Certificate) {
        spec.certFile = word(m_certFile);
        spec.keyFile = word(m_keyFile);
    }
    spec.pooler = m_pooler->isChecked();
    profile.environment = session::Environment(m_environment->currentData().toInt());
    profile.name = word(m_name).isEmpty() ? spec.host : word(m_name);
    if (!spec.isUnixSocket())
        profile.sshDestination = word(m_ssh);
    if (!m_rows.value(m_command)->isHidden() && m_rows.value(m_command)->isVisibleTo(this)) {
        profile.passwordCommand = QProcess::splitCommand(word(m_command));
        profile.passwordExpiryS = profile.passwordCommand.isEmpty() ? 0 : m_expiry->value();
    }
    bool good = true;
    if (spec.host.isEmpty())
        good = complain(m_host, u"A host is needed, or the folder of a Unix socket"_s);
    if (spec.role.isEmpty())
        good = complain(m_role, u"A role is needed"_s) && good;
    const auto others = hostsOf(m_otherHosts->text());
    if (!others) {
        good = complain(m_otherHosts, others.error().text()) && good;
    } else {
        spec.otherHosts = *others;
        spec.target = others->isEmpty() ? pg::TargetSession::Any : pg::TargetSession(m_target->currentData().toInt());
    }
    if (spec.auth == pg::Auth::Certificate && spec.certFile.isEmpty())
        good = complain(m_certFile, u"A certificate is needed"_s) && good;
    if (spec.auth == pg::Auth::Peer && !spec.isUnixSocket())
        good = complain(m_host, u"Peer needs a Unix socket: a folder, beginning with /"_s) && good;
    if (spec.auth == pg::Auth::ScramBound && (spec.sslMode == pg::SslMode::Disable || spec.isUnixSocket()))
        good = complain(m_auth, u"Channel binding needs TLS: choose another way of authentication"_s) && good;
    return good ? std::optional(profile) : std::nullopt;
}

Secret ConnectForm::password() const
{
    // Of the row, not of the form: while a test runs all of it is disabled.
    return Secret(m_password->isEnabledTo(this) && m_rows.value(m_password)->isVisibleTo(this) ? m_password->text().toUtf8() : QByteArray());
}

bool ConnectForm::keepsPassword() const
{
    return m_keep->isChecked();
}

bool ConnectForm::complain(QWidget *field, const QString &text)
{
    const bool first = std::none_of(m_errors.begin(), m_errors.end(), [](const PlainLabel *label) { return !label->text().isEmpty(); });
    PlainLabel *label = m_errors.value(field);
    label->setText(text);
    label->show();
    if (first)
        field->setFocus();
    return false;
}

bool ConnectForm::showError(const Error &error)
{
    const QHash<QString, QWidget *> fields{
        {u"resolve_failed"_s, m_host}, {u"refused"_s, m_host}, {u"unreachable"_s, m_host}, {u"wrong_host"_s, m_host}, {u"not_postgresql"_s, m_host},
        {u"no_host_fits"_s, m_otherHosts}, {u"no_such_database"_s, m_database}, {u"role_refused"_s, m_role}, {u"wrong_password"_s, m_password},
        {u"no_password"_s, m_password}, {u"no_authentication"_s, m_auth}, {u"cleartext_refused"_s, m_auth}, {u"md5_refused"_s, m_auth},
        {u"channel_binding"_s, m_auth}, {u"no_ticket"_s, m_auth}, {u"peer_needs_socket"_s, m_host}, {u"unknown_ca"_s, m_caFile},
        {u"self_signed"_s, m_caFile}, {u"ca_file_missing"_s, m_caFile}, {u"ca_file_empty"_s, m_caFile}, {u"ca_file_needed"_s, m_caFile}, {u"server_refuses_tls"_s, m_sslMode},
        {u"certificate_file_missing"_s, m_certFile}, {u"key_file_missing"_s, m_keyFile}, {u"key_file_open"_s, m_keyFile}, {u"key_not_opened"_s, m_password},
        {u"tunnel_failed"_s, m_ssh}, {u"name_taken"_s, m_name}, {u"bad_name"_s, m_name}};
    QWidget *field = fields.value(error.reason, error.kind == ErrorKind::Tool ? m_command : nullptr);
    if (!field || !m_rows.value(field)->isVisibleTo(this))
        return false;
    complain(field, error.message);
    return true;
}

void ConnectForm::clearErrors()
{
    for (PlainLabel *label : std::as_const(m_errors)) {
        label->clear();
        label->hide();
    }
}

} // namespace howdah::ui
