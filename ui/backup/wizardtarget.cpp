// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardtarget.h"

#include "backup/moment.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

std::optional<PitrTarget> targetOf(const Verdict &verdict)
{
    PitrTarget target;
    bool known = false;
    for (const QString &setting : verdict.settings) {
        const QString name = setting.section(u" = "_s, 0, 0);
        QString value = setting.section(u" = "_s, 1);
        if (value.startsWith(u'\'') && value.endsWith(u'\'') && value.size() > 1)
            value = value.sliced(1, value.size() - 2).replace(u"''"_s, u"'"_s);
        if (name == "recovery_target_time"_L1) {
            const auto us = parseMoment(value);
            target.kind = PitrTarget::Kind::Time;
            target.us = us.value_or(0);
            known = us.has_value();
        } else if (name == "recovery_target_xid"_L1) {
            target.kind = PitrTarget::Kind::Xid;
            target.xid = value.toUInt(&known);
        } else if (name == "recovery_target_name"_L1) {
            target.kind = PitrTarget::Kind::Name;
            target.name = value;
            known = true;
        } else if (name == "recovery_target_lsn"_L1) {
            const auto lsn = Lsn::parse(value);
            target.kind = PitrTarget::Kind::Lsn;
            target.lsn = lsn.value_or(Lsn());
            known = lsn.has_value();
        } else if (name == "recovery_target_inclusive"_L1) {
            target.inclusive = value != "off"_L1;
        } else if (name == "recovery_target_timeline"_L1) {
            target.timeline = value.toUInt();
        }
    }
    return known ? std::optional(target) : std::nullopt;
}

QStringList targetWords(const PitrTarget &target)
{
    QStringList words;
    switch (target.kind) {
    case PitrTarget::Kind::Time: words << u"--target"_s << momentText(target.us); break;
    case PitrTarget::Kind::Lsn: words << u"--lsn"_s << target.lsn.text(); break;
    case PitrTarget::Kind::Xid: words << u"--xid"_s << QString::number(target.xid); break;
    case PitrTarget::Kind::Name: words << u"--name"_s << target.name; break;
    case PitrTarget::Kind::Latest: words << u"--latest"_s; break;
    }
    if (!target.inclusive && (target.kind == PitrTarget::Kind::Time || target.kind == PitrTarget::Kind::Lsn || target.kind == PitrTarget::Kind::Xid))
        words << u"--exclusive"_s;
    if (target.timeline)
        words << u"--timeline"_s << QString::number(*target.timeline);
    return words;
}

} // namespace howdah::ui
