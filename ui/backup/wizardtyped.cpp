// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardtyped.h"

#include "backup/moment.h"
#include "ui/backup/wizardpage.h"
#include "ui/widgets/theme.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QRadioButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

WizardTyped::WizardTyped(QWidget *parent)
    : QWidget(parent), m_text(new QLineEdit), m_zone(new QComboBox), m_which(new QButtonGroup(this)), m_earlier(new QRadioButton), m_later(new QRadioButton), m_means(prose({}, "muted"))
{
    m_text->setAccessibleName(u"Moment"_s);
    m_text->setFont(fixedFont());
    m_text->setPlaceholderText(u"2026-11-27 14:02:13+01:00"_s);
    m_zone->setAccessibleName(u"Without an offset it is"_s);
    m_zone->setEditable(true);
    m_zone->addItem(u"not taken: the offset has to be typed"_s, QByteArray());
    const QByteArray here = QTimeZone::systemTimeZoneId();
    m_zone->addItem(u"%1 (this machine)"_s.arg(QString::fromUtf8(here)), here);
    if (here != "UTC")
        m_zone->addItem(u"UTC"_s, QByteArray("UTC"));
    m_zone->setToolTip(u"The zone whose clocks showed it: one of these, or another such as Europe/Berlin"_s);
    m_which->addButton(m_earlier, 0);
    m_which->addButton(m_later, 1);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::group);
    form->setVerticalSpacing(space::part);
    form->addRow(u"Moment"_s, m_text);
    form->addRow(u"Without an offset"_s, m_zone);
    form->addRow(QString(), m_earlier);
    form->addRow(QString(), m_later);
    form->addRow(u"It means"_s, m_means);
    auto *column = pageColumn(this);
    column->setContentsMargins(0, space::group, 0, 0);
    column->addLayout(form);
    column->addStretch(1);
    m_earlier->hide();
    m_later->hide();
    connect(m_text, &QLineEdit::textChanged, this, [this] { read(); });
    connect(m_zone, &QComboBox::currentTextChanged, this, [this] { read(); });
    connect(m_which, &QButtonGroup::idClicked, this, [this](int which) { tell(m_instants.value(which), {}, false); });
    read();
}

void WizardTyped::setMoment(qint64 us)
{
    if (m_us == us) // it may be written otherwise
        return;
    m_setting = true;
    m_text->setText(momentText(us, QTimeZone::systemTimeZone()));
    m_setting = false;
}

void WizardTyped::tell(std::optional<qint64> us, const QString &words, bool isWrong)
{
    m_means->setText(us ? u"%1 in UTC, %2 here"_s.arg(momentText(*us), momentText(*us, QTimeZone::systemTimeZone())) : words);
    setRole(m_means, us ? "" : isWrong ? "warning" : "muted");
    const bool had = m_us.has_value();
    m_us = us;
    if (m_setting)
        return;
    if (us)
        emit picked(*us);
    else if (had)
        emit withdrawn();
}

void WizardTyped::read()
{
    m_instants.clear();
    m_earlier->hide();
    m_later->hide();
    m_which->setExclusive(false);
    m_earlier->setChecked(false);
    m_later->setChecked(false);
    m_which->setExclusive(true);
    const QString text = m_text->text().trimmed();
    if (text.isEmpty())
        return tell(std::nullopt, u"Nothing is typed yet: a date, a time, and the offset from UTC that its clock had"_s, false);
    const int known = m_zone->findText(m_zone->currentText());
    const QByteArray id = known >= 0 ? m_zone->itemData(known).toByteArray() : m_zone->currentText().trimmed().toUtf8();
    if (id.isEmpty()) {
        const auto us = parseMoment(text);
        return us ? tell(*us, {}, false) : tell(std::nullopt, us.error().message + u". "_s + us.error().hint, true);
    }
    const QTimeZone zone(id);
    if (!zone.isValid())
        return tell(std::nullopt, u"There is no time zone %1"_s.arg(QString::fromUtf8(id)), true);
    const auto instants = instantsOf(text, zone);
    if (instants && instants->size() == 2) {
        m_instants = *instants;
        m_earlier->setText(u"The first time: %1, %2 in UTC"_s.arg(momentText(m_instants[0], zone), momentText(m_instants[0])));
        m_later->setText(u"The second time: %1, %2 in UTC"_s.arg(momentText(m_instants[1], zone), momentText(m_instants[1])));
        m_earlier->show();
        m_later->show();
        return tell(std::nullopt, u"The clocks of %1 showed this twice, since they were set back: which time?"_s.arg(QString::fromUtf8(id)), true);
    }
    const auto us = parseWallClock(text, zone);
    return us ? tell(*us, {}, false) : tell(std::nullopt, us.error().message + (us.error().hint.isEmpty() ? QString() : u". "_s + us.error().hint), true);
}

} // namespace howdah::ui
