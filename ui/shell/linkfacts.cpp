// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/linkfacts.h"

#include "ui/shell/workspace.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QScreen>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{

QString orUnknown(const QString &value)
{
    return value.isEmpty() ? QStringLiteral("not known yet") : value;
}

class FactsPopup : public QFrame
{
public:
    explicit FactsPopup(QWidget *parent)
        : QFrame(parent, Qt::Popup), m_grid(new QGridLayout), m_title(new PlainLabel({}, this, "title")), m_note(new PlainLabel({}, this, "muted"))
    {
        setAttribute(Qt::WA_DeleteOnClose);
        setObjectName(QStringLiteral("factsPopup"));
        m_note->setWordWrap(true);
        m_note->setMinimumWidth(320);
        m_grid->setHorizontalSpacing(space::group);
        m_grid->setVerticalSpacing(space::inside);
        auto *copy = new QPushButton(QStringLiteral("Copy facts"), this);
        auto *column = new QVBoxLayout(this);
        column->setContentsMargins(space::group, space::group, space::group, space::group);
        column->setSpacing(space::part);
        column->addWidget(m_title);
        column->addLayout(m_grid);
        column->addWidget(m_note);
        column->addWidget(copy, 0, Qt::AlignLeft);
        connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_plain); });
    }

    void setFacts(const Facts &facts)
    {
        m_title->setText(facts.title);
        m_note->setText(facts.note);
        m_note->setVisible(!facts.note.isEmpty());
        while (QLayoutItem *item = m_grid->takeAt(0)) {
            item->widget()->deleteLater();
            delete item;
        }
        m_plain = facts.title + QLatin1Char('\n');
        int row = 0;
        for (const Fact &fact : facts.facts) {
            auto *value = new PlainLabel(fact.value, this, "fixed");
            value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
            value->setAccessibleName(fact.name);
            value->setMaximumWidth(520);
            value->setWordWrap(fact.value.size() > 70 && !fact.value.contains(QLatin1Char('\n')));
            m_grid->addWidget(new PlainLabel(fact.name, this, "muted"), row, 0, Qt::AlignTop | Qt::AlignLeft);
            m_grid->addWidget(value, row++, 1, Qt::AlignTop | Qt::AlignLeft);
            m_plain += fact.name + QStringLiteral(": ") + fact.value + QLatin1Char('\n');
        }
        if (!facts.note.isEmpty())
            m_plain += facts.note + QLatin1Char('\n');
        m_grid->setColumnStretch(1, 1);
        adjustSize();
    }

    void showBelow(QWidget *part)
    {
        QPoint at = part->mapToGlobal(QPoint(0, part->height() + space::inside));
        const QRect screen = part->screen()->availableGeometry();
        at.setX(qMin(at.x(), screen.right() - width() - space::part));
        move(at);
        show();
        setFocus();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), colors().border);
        painter.fillRect(rect().adjusted(1, 1, -1, -1), colors().surface);
    }

private:
    QGridLayout *m_grid;
    PlainLabel *m_title;
    PlainLabel *m_note;
    QString m_plain;
};

QString when(const QDateTime &time)
{
    return time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm t"));
}

// A fingerprint has no place where a label would break it.
QString inTwoLines(const QString &fingerprint)
{
    const qsizetype half = fingerprint.indexOf(QLatin1Char(':'), fingerprint.size() / 2) + 1;
    return half > 0 ? fingerprint.left(half) + QLatin1Char('\n') + fingerprint.mid(half) : fingerprint;
}

QString validityText(const QDateTime &until)
{
    const qint64 days = QDateTime::currentDateTimeUtc().daysTo(until);
    if (until < QDateTime::currentDateTimeUtc())
        return QStringLiteral(" · expired");
    return days <= 30 ? QStringLiteral(" · %1 days left").arg(days) : QString();
}

QString passwordNote(const Workspace &workspace)
{
    switch (workspace.state()) {
    case Workspace::State::Empty: return {};
    case Workspace::State::ReadingSecrets: return QStringLiteral("Waiting for the keychain.");
    case Workspace::State::NeedsSecret:
        return QStringLiteral("There is no password for %1: %2").arg(workspace.missingKey().role, workspace.secretError().text());
    case Workspace::State::Ready: break;
    }
    const session::Profile &profile = workspace.profile();
    if (!profile.passwordCommand.isEmpty())
        return QStringLiteral("The password comes from the command %1.").arg(profile.passwordCommand.constFirst());
    if (!profile.needsPassword())
        return QStringLiteral("No password is used: %1.").arg(pg::authLabel(profile.spec.auth));
    if (!workspace.rolesWithoutPassword().isEmpty())
        return QStringLiteral("No password is used for %1.").arg(workspace.rolesWithoutPassword().join(QStringLiteral(" and ")));
    if (workspace.isSessionOnly())
        return QStringLiteral("The password is kept in memory only and forgotten when Howdah ends.");
    return QStringLiteral("The password is in the keychain.");
}

} // namespace

Facts addressFacts(const Workspace &workspace)
{
    const session::Profile &profile = workspace.profile();
    const pg::ConnectionSpec &spec = profile.spec;
    return {profile.name,
            {{QStringLiteral("Environment"), session::environmentName(profile.environment)},
             {QStringLiteral("Host"), spec.host},
             {QStringLiteral("Port"), QString::number(spec.port)},
             {QStringLiteral("Database"), spec.database},
             {QStringLiteral("Through"), profile.sshDestination.isEmpty() ? QStringLiteral("directly") : QStringLiteral("ssh %1").arg(profile.sshDestination)},
             {QStringLiteral("sslmode"), pg::sslModeName(spec.sslMode)},
             {QStringLiteral("CA file"), spec.caFile.isEmpty() ? QStringLiteral("the system's") : spec.caFile}},
            profile.stack.isEmpty() ? QString() : QStringLiteral("Belongs to the stack %1.").arg(profile.stack)};
}

Facts versionFacts(const Workspace &workspace)
{
    const pg::LinkStatus link = workspace.link();
    const pg::LinkFacts &facts = link.facts;
    Facts made{QStringLiteral("PostgreSQL ") + facts.serverVersion,
               {{QStringLiteral("server_version_num"), QString::number(facts.serverVersionNum)},
                {QStringLiteral("State"), facts.inRecovery ? QStringLiteral("standby, in recovery") : QStringLiteral("primary")},
                {QStringLiteral("Backend of the monitor"), QString::number(facts.backendPid)}},
               {}};
    if (link.state == pg::LinkState::Connected)
        made.facts.append({QStringLiteral("Connected since"), when(QDateTime::fromMSecsSinceEpoch(link.sinceMs))});
    made.facts.append({QStringLiteral("Connections made"), QString::number(link.generation)});
    return made;
}

Facts tlsFacts(const Workspace &workspace)
{
    const pg::LinkStatus link = workspace.link();
    return tlsFacts(link.facts, workspace.profile().spec.sslMode, link.state == pg::LinkState::Connected || link.state == pg::LinkState::NoAnswer);
}

Facts tlsFacts(const pg::LinkFacts &link, pg::SslMode mode, bool standing)
{
    Facts made;
    if (link.serverVersion.isEmpty())
        return {QStringLiteral("Encryption is not known yet"), {{QStringLiteral("sslmode"), pg::sslModeName(mode)}}, QStringLiteral("No connection stood so far.")};
    const QString past = standing ? QString() : QStringLiteral("Of the last connection that stood. ");
    if (!link.tls)
        return {QStringLiteral("Not encrypted"), {{QStringLiteral("Authentication"), orUnknown(link.auth)}}, past.trimmed()};
    made = {QStringLiteral("Encrypted"),
            {{QStringLiteral("Protocol"), orUnknown(link.tlsProtocol)},
             {QStringLiteral("Cipher"), orUnknown(link.cipher)},
             {QStringLiteral("Authentication"), orUnknown(link.auth)},
             {QStringLiteral("sslmode"), pg::sslModeName(mode)}},
            {}};
    for (qsizetype i = 0; i < link.chain.size(); ++i) {
        const pg::Certificate &certificate = link.chain.at(i);
        made.facts.append({i == 0 ? QStringLiteral("Certificate") : QStringLiteral("Certificate %1").arg(i + 1), certificate.subject});
        made.facts.append({QStringLiteral("Issued by"), certificate.issuer});
        if (i == 0)
            made.facts.append({QStringLiteral("Names"), orUnknown(certificate.names.join(QStringLiteral(", ")))});
        made.facts += {{QStringLiteral("Valid from"), when(certificate.notBefore)},
                       {QStringLiteral("Valid until"), when(certificate.notAfter) + validityText(certificate.notAfter)},
                       {QStringLiteral("SHA-256"), inTwoLines(certificate.sha256)}};
    }
    made.note = past;
    if (link.chain.isEmpty()) {
        made.note += QStringLiteral("The certificate is not known: it could not be read from the connection.");
        return made;
    }
    switch (mode) {
    case pg::SslMode::VerifyFull: made.note += QStringLiteral("Checked by this connection against the CA and the host's name."); break;
    case pg::SslMode::VerifyCa: made.note += QStringLiteral("Checked by this connection against the CA, not against the host's name."); break;
    case pg::SslMode::Disable:
    case pg::SslMode::Require: made.note += QStringLiteral("Not checked: sslmode %1 takes any certificate.").arg(pg::sslModeName(mode)); break;
    }
    return made;
}

Facts poolerFacts()
{
    Facts made{QStringLiteral("Behind a pooler in transaction mode"), {}, pg::poolerLimits().join(QStringLiteral("\n\n"))};
    return made;
}

Facts roleFacts(const Workspace &workspace)
{
    const session::Profile &profile = workspace.profile();
    const PaneContext &context = workspace.context();
    const auto link = [](const pg::Session *session) {
        if (!session)
            return QStringLiteral("closed");
        const pg::LinkStatus status = session->status();
        const QString state = pg::linkStateText(status.state);
        return status.state == pg::LinkState::Connected ? state + QStringLiteral(", backend %1").arg(status.facts.backendPid) : state;
    };
    return {profile.spec.role,
            {{QStringLiteral("Schema and queries as"), profile.spec.role},
             {QStringLiteral("Monitoring as"), profile.monitorRole.isEmpty() ? profile.spec.role : profile.monitorRole},
             {QStringLiteral("Monitor link (read-only)"), link(context.monitor)},
             {QStringLiteral("Control link"), link(context.control)},
             {QStringLiteral("Schema link"), link(context.catalog)}},
            passwordNote(workspace)};
}

Facts aboutFacts()
{
    Facts about{QStringLiteral("Howdah ") + QStringLiteral(HOWDAH_VERSION), {{QStringLiteral("Qt"), QString::fromLatin1(qVersion())}}, {}};
    for (const QString &line : pg::featureLines()) {
        const auto colon = line.indexOf(QLatin1StringView(": "));
        if (colon < 0)
            about.facts.append({QStringLiteral("PostgreSQL client"), line});
        else
            about.facts.append({line.left(colon), line.mid(colon + 2)});
    }
    about.note = QStringLiteral("GPL-3.0-or-later");
    return about;
}

void popupFacts(QWidget *below, const Facts &facts)
{
    auto *popup = new FactsPopup(below);
    popup->setFacts(facts);
    popup->showBelow(below);
}

} // namespace howdah::ui
