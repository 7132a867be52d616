// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/monitoringdialog.h"

#include "base/async.h"
#include "ui/health/endpointform.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

MonitoringDialog::MonitoringDialog(const PaneContext &context, QWidget *parent)
    : QDialog(parent), m_context(context), m_feed(context.feed), m_checks(new EndpointForm(context.endpoint, this)),
      m_export(context.feed ? new ExportForm(context.feed->profile(), this) : nullptr), m_note(new PlainLabel({}, this, "muted")), m_error(new ErrorBar(this)),
      m_close(new QPushButton(u"Close"_s, this)), m_save(new QPushButton(u"Save the export"_s, this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(u"Monitoring"_s);
    m_note->setWordWrap(true);
    m_note->hide();
    m_error->setRetryVisible(false);
    m_close->setAutoDefault(false);
    setLook(m_save, "primary");
    m_save->setVisible(m_export);
    layOut();
    connect(m_close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_save, &QPushButton::clicked, this, &MonitoringDialog::save);
    if (!m_export)
        return;
    m_save->setDefault(true);
    const auto tell = [this] { m_export->setStanding(m_feed->exportStanding(), m_context.clock->wallMs()); };
    connect(m_feed, &HealthFeed::changed, this, tell);
    connect(m_feed, &QObject::destroyed, this, &QDialog::reject); // another server was opened
    tell();
}

void MonitoringDialog::layOut()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::part);
    column->addWidget(new PlainLabel(u"Health checks"_s, this, "title"));
    column->addWidget(m_checks);
    column->addSpacing(space::group);
    column->addWidget(new PlainLabel(m_export ? u"Export of metrics by OTLP, of %1"_s.arg(m_context.profile.name) : u"Export of metrics by OTLP"_s, this, "title"));
    if (m_export)
        column->addWidget(m_export);
    else
        column->addWidget(new PlainLabel(u"It is a server's own: open one first."_s, this, "muted"));
    column->addStretch(1);
    column->addWidget(m_note);
    column->addWidget(m_error);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addStretch();
    buttons->addWidget(m_close);
    buttons->addWidget(m_save);
    column->addLayout(buttons);
    setMinimumWidth(720);
    const QSize room = parentWidget() ? parentWidget()->window()->size() : QSize(1100, 700);
    resize(qMin(800, room.width() - 48), qMin(560, room.height() - 32));
}

void MonitoringDialog::save()
{
    m_error->clear();
    const auto entered = m_export->entered();
    if (!entered)
        return;
    if (entered->header.isEmpty())
        return write(entered->otlp);
    session::Profile profile = m_feed->profile();
    profile.otlp = entered->otlp;
    const store::SecretKey key = profile.otlpSecretKey();
    setBusy(true);
    async::onFinished(m_context.keychain->write(key, entered->header), this, [this, key, entered = *entered](const Done &written) {
        // Without a keychain it lives as long as this program, and never in the store: the next start says that it is not there.
        if (!written)
            m_context.keychain->holdForSession(key, entered.header);
        write(entered.otlp);
    });
}

void MonitoringDialog::write(const session::OtlpExport &otlp)
{
    setBusy(true);
    // As it is in the store now, not as it was opened: something else of it may have been changed since.
    const auto change = [name = m_context.profile.name, otlp](store::Store &store) -> Result<session::Profile> {
        auto profile = session::readProfile(store, name);
        if (!profile)
            return profile;
        profile->otlp = otlp;
        return session::saveProfile(store, *profile);
    };
    async::onFinished(m_context.store->run(change), this, [this](const Result<session::Profile> &saved) {
        setBusy(false);
        if (!saved) {
            if (!m_export->showError(saved.error()))
                m_error->showError(u"The export was not saved"_s, saved.error());
            return;
        }
        if (m_feed)
            m_feed->setExport(saved->otlp);
        accept();
    });
}

void MonitoringDialog::setBusy(bool busy)
{
    m_export->setEnabled(!busy);
    m_save->setEnabled(!busy);
}

} // namespace howdah::ui
