// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/backupdetail.h"

#include "backup/moment.h"
#include "base/units.h"
#include "ui/backup/backuprows.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

QString lsnText(Lsn lsn)
{
    return lsn.isNone() ? u"not known"_s : lsn.text();
}

QString timeText(qint64 ms)
{
    return ms ? zonedTime(ms) : u"not known"_s;
}

PlainLabel *wrapping(const QString &text, const char *role = nullptr)
{
    auto *label = new PlainLabel(text, nullptr, role);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

BackupDetail::BackupDetail(QWidget *parent) : QScrollArea(parent)
{
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    setProperty("card", true);
    setAccessibleName(u"The backup that is chosen"_s);
    setMinimumWidth(320);
}

void BackupDetail::show(const BackupReading &reading, const QString &id, qint64 nowMs)
{
    const Backup *backup = reading.catalogue.find(id);
    m_id = backup ? id : QString();
    auto *content = new QWidget;
    content->setProperty("bar", true); // on the surface, as the table beside it
    content->setAttribute(Qt::WA_StyledBackground);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(space::group, space::part, space::group, space::group);
    column->setSpacing(space::part);
    if (!backup) {
        column->addWidget(new PlainLabel(u"No backup is chosen"_s, nullptr, "muted"));
    } else {
        addHead(column, *backup, reading);
        auto *facts = new QFormLayout;
        facts->setHorizontalSpacing(space::group);
        facts->setVerticalSpacing(space::inside);
        facts->setLabelAlignment(Qt::AlignLeft);
        facts->setRowWrapPolicy(QFormLayout::DontWrapRows);
        addFacts(facts, *backup, reading, nowMs);
        column->addLayout(facts);
        addChain(column, *backup, reading);
        addList(column, u"Errors it was taken with"_s, backup->errors, "critical");
        addList(column, u"Not kept with it"_s, backup->notes, "muted");
        addPaths(column, u"Configuration kept with it, from"_s, reading.configFiles.value(id));
    }
    column->addStretch();
    const int at = verticalScrollBar()->value();
    setWidget(content); // the old one goes
    verticalScrollBar()->setValue(at);
}

void BackupDetail::addHead(QVBoxLayout *column, const Backup &backup, const BackupReading &reading)
{
    const BackupStanding standing = standingOf(reading.catalogue, backup);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    auto *name = new ElidedLabel(backup.id, nullptr, "fixed", Qt::ElideMiddle);
    name->setFont(fixedFont(13));
    auto *state = new StateWord;
    state->setState(standing.look, standing.word);
    head->addWidget(name, 1);
    head->addWidget(state);
    column->addLayout(head);
    if (!standing.why.isEmpty())
        column->addWidget(wrapping(standing.why, standing.look == StateLook::Critical ? "critical" : standing.look == StateLook::Warning ? "warning" : "muted"));
    const BackupPoint *point = reading.point(backup.id);
    if (point && !point->usable && point->why != standing.why)
        column->addWidget(wrapping(u"Of no use for a recovery: %1"_s.arg(point->why), "critical"));
    auto *ways = new QHBoxLayout;
    ways->setSpacing(space::inside);
    const auto button = [&](const QString &text, const char *iconName, const QString &what, auto fn) {
        auto *made = new QPushButton(text);
        made->setIcon(icon(QString::fromLatin1(iconName)));
        setLook(made, "flat");
        made->setAccessibleName(what);
        connect(made, &QPushButton::clicked, this, fn);
        ways->addWidget(made);
    };
    button(u"Copy path"_s, "copy", u"Copy the path of the backup"_s, [this, path = backup.folder] { emit copyWanted(path); });
    if (!reading.choice.folder.isEmpty())
        button(u"Open folder"_s, "folder", u"Open the folder of the backup"_s, [this, path = backup.folder] { emit folderWanted(path); });
    ways->addStretch();
    column->addLayout(ways);
}

void BackupDetail::addFacts(QFormLayout *facts, const Backup &backup, const BackupReading &reading, qint64 nowMs)
{
    const auto add = [&](const QString &name, const QString &value, bool fixed = false, const QString &tip = {}) {
        QLabel *label = nullptr;
        if (fixed && value != "not known"_L1) { // one long word would push the panel out
            auto *elided = new ElidedLabel(value, nullptr, "fixed", Qt::ElideMiddle);
            elided->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
            label = elided;
        } else {
            label = wrapping(value, value == "not known"_L1 ? "muted" : nullptr);
        }
        label->setAccessibleName(name + u": "_s + value);
        if (!tip.isEmpty())
            label->setToolTip(tooltipText(tip));
        facts->addRow(new PlainLabel(name, nullptr, "muted"), label);
    };
    const bool dump = backup.kind == BackupKind::Dump;
    add(u"Kind"_s, dump ? u"logical: one database, by pg_dump"_s : u"%1, %2%3"_s.arg(kindName(backup.kind), backup.tar ? u"tar files"_s : u"plain files"_s, backup.compression.isEmpty() ? QString() : u" under "_s + backup.compression));
    if (dump) {
        add(u"As of"_s, timeText(backup.startMs), false, backup.startMs ? zonedTip(backup.startMs) : QString());
    } else {
        add(u"Started"_s, timeText(backup.startMs), false, backup.startMs ? zonedTip(backup.startMs) : QString());
        const BackupPoint *point = reading.point(backup.id);
        const qint64 stopUs = point && point->stopUs ? point->stopUs : backup.stopMs * 1000;
        add(u"Consistent from"_s, stopUs ? secondText(stopUs, QTimeZone::systemTimeZone()) : u"not known"_s, false, stopUs ? momentText(stopUs, QTimeZone::systemTimeZone()) + u'\n' + momentText(stopUs) + u" (UTC)"_s : QString());
        add(u"WAL"_s, u"%1 to %2"_s.arg(lsnText(backup.startLsn), lsnText(backup.stopLsn)), true);
        add(u"Timeline"_s, backup.timeline ? QString::number(backup.timeline) : u"not known"_s);
    }
    add(u"Size"_s, backup.bytes < 0 ? u"not known"_s : backup.files < 0 ? units::bytes(double(backup.bytes)) : u"%1 in %2 files"_s.arg(units::bytes(double(backup.bytes)), units::exact(double(backup.files))), false,
        backup.bytes < 0 ? QString() : units::exact(double(backup.bytes)) + u" B"_s);
    add(u"Verified"_s, backup.verified.atMs ? u"%1: %2"_s.arg(verifiedText(backup.verified, nowMs), backup.verified.words) : u"never"_s, false, backup.verified.atMs ? zonedTip(backup.verified.atMs) : QString());
    add(u"Server"_s, backup.serverVersion.isEmpty() ? u"not known"_s : u"PostgreSQL "_s + backup.serverVersion);
    add(u"Tools"_s, backup.toolsWhere.isEmpty() ? u"not known"_s : backup.toolsWhere);
    if (!dump) {
        add(u"Cluster"_s, backup.systemIdentifier.isEmpty() ? u"not known"_s : backup.systemIdentifier, true);
        add(u"Manifest"_s, backup.manifestSha256.isEmpty() ? u"not known"_s : u"sha256 "_s + QString::fromLatin1(backup.manifestSha256), true, QString::fromLatin1(backup.manifestSha256));
    }
    if (!backup.imageId.isEmpty())
        add(u"Image"_s, backup.imageId, true, backup.imageId);
    if (!backup.label.isEmpty())
        add(u"Label"_s, backup.label);
    add(u"Path"_s, backup.folder, true);
}

void BackupDetail::addChain(QVBoxLayout *column, const Backup &backup, const BackupReading &reading)
{
    if (backup.kind == BackupKind::Dump)
        return;
    const auto link = [&](const QString &id, const QString &text) {
        auto *made = new QPushButton(text);
        setLook(made, "link");
        made->setAccessibleName(u"Show the backup %1"_s.arg(id));
        connect(made, &QPushButton::clicked, this, [this, id] { emit idChosen(id); }, Qt::QueuedConnection); // this widget goes by it
        column->addWidget(made, 0, Qt::AlignLeft);
    };
    if (const auto chain = reading.catalogue.chain(backup.id); chain && chain->size() > 1) {
        column->addWidget(new PlainLabel(u"Builds on"_s, nullptr, "small"));
        for (const Backup *one : *chain) {
            if (one->id != backup.id)
                link(one->id, one->id);
        }
    }
    const QVector<const Backup *> children = reading.catalogue.childrenOf(backup.id);
    if (!children.isEmpty())
        column->addWidget(new PlainLabel(u"Needed by"_s, nullptr, "small"));
    for (const Backup *one : children)
        link(one->id, one->id);
}

void BackupDetail::addPaths(QVBoxLayout *column, const QString &title, const QStringList &paths)
{
    if (paths.isEmpty())
        return;
    column->addWidget(new PlainLabel(title, nullptr, "small"));
    for (const QString &path : paths) {
        auto *line = new ElidedLabel(path, nullptr, "fixed", Qt::ElideMiddle);
        line->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        column->addWidget(line);
    }
}

void BackupDetail::addList(QVBoxLayout *column, const QString &title, const QStringList &lines, const char *role)
{
    if (lines.isEmpty())
        return;
    column->addWidget(new PlainLabel(title, nullptr, "small"));
    for (const QString &line : lines)
        column->addWidget(wrapping(line, role));
}

} // namespace howdah::ui
