// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stack/stackfacts.h"

#include "base/units.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QGridLayout>

namespace howdah::ui
{

StateLook stackLook(stack::StackState state)
{
    switch (state) {
    case stack::StackState::Healthy: return StateLook::Ok;
    case stack::StackState::Starting: return StateLook::Busy;
    case stack::StackState::Unhealthy: return StateLook::Critical;
    case stack::StackState::Absent:
    case stack::StackState::Stopped:
    case stack::StackState::Unknown: break;
    }
    return StateLook::Unknown;
}

StackFacts::StackFacts(QWidget *parent) : QFrame(parent), m_reason(new PlainLabel({}, this, "muted"))
{
    setProperty("card", true);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(space::group, space::part, space::group, space::part);
    grid->setHorizontalSpacing(space::edge);
    grid->setVerticalSpacing(0);
    grid->setColumnStretch(1, 1);
    int row = 0;
    const auto add = [&](const char *name, Qt::TextElideMode mode) {
        auto *value = new ElidedLabel({}, this, "fixed", mode);
        grid->setRowMinimumHeight(row, space::row);
        grid->addWidget(new PlainLabel(QString::fromLatin1(name), this, "muted"), row, 0);
        grid->addWidget(value, row++, 1);
        return value;
    };
    m_backend = add("Backend", Qt::ElideRight);
    m_version = add("PostgreSQL", Qt::ElideRight);
    m_listen = add("Listens on", Qt::ElideRight);
    m_image = add("Base image", Qt::ElideMiddle);
    m_archive = add("WAL archive", Qt::ElideRight);
    m_ca = add("CA certificate", Qt::ElideMiddle);
    m_reason->setWordWrap(true);
    m_reason->hide();
    grid->addWidget(m_reason, row, 0, 1, 2);
}

void StackFacts::setStatus(const stack::StackStatus &status)
{
    const auto known = [](const QString &value) { return value.isEmpty() ? QStringLiteral("not known") : value; };
    m_backend->setText(status.backend == stack::Backend::Docker ? QStringLiteral("Docker") : QStringLiteral("private local cluster"));
    m_version->setText(known(status.serverVersion));
    m_listen->setText(status.port == 0 ? known({}) : QStringLiteral("%1:%2").arg(status.listen).arg(status.port));
    m_image->setText(known(status.baseImage));
    QString archive = status.archiveBytes ? units::bytes(double(*status.archiveBytes)) : known({});
    if (status.archiveWarning)
        archive += QStringLiteral(" · warning: over 5 GB, take a base backup and remove what is older");
    m_archive->setText(archive);
    setRole(m_archive, status.archiveWarning ? "warning" : "");
    m_ca->setText(known(status.caFile));
    m_reason->setText(status.reason);
    m_reason->setVisible(!status.reason.isEmpty());
}

} // namespace howdah::ui
