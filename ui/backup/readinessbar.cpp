// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/readinessbar.h"

#include "base/units.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

StateLook lookOf(Light light)
{
    switch (light) {
    case Light::Good: return StateLook::Ok;
    case Light::Warning: return StateLook::Warning;
    case Light::Red: return StateLook::Critical;
    case Light::Unknown: break;
    }
    return StateLook::Unknown;
}

QString wordOf(Light light)
{
    switch (light) {
    case Light::Good: return u"ready"_s;
    case Light::Warning: return u"warning"_s;
    case Light::Red: return u"not ready"_s;
    case Light::Unknown: break;
    }
    return u"not known"_s;
}

static QString lineWord(Light light)
{
    return light == Light::Good ? u"good"_s : light == Light::Red ? u"bad"_s : wordOf(light);
}

ReadinessBar::ReadinessBar(QWidget *parent)
    : QFrame(parent), m_word(new StateWord), m_headline(new ElidedLabel), m_figures(new PlainLabel({}, nullptr, "small")), m_details(new QPushButton(u"Details"_s)), m_lines(new QScrollArea)
{
    setObjectName(u"readiness"_s);
    m_headline->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_details->setCheckable(true);
    m_details->setAccessibleName(u"Details of the readiness"_s);
    m_details->setToolTip(u"Every line, with its figure and what would mend it"_s);
    setLook(m_details, "flat");
    auto *row = new QHBoxLayout;
    row->setSpacing(space::group);
    row->addWidget(m_word);
    row->addWidget(m_headline, 1);
    row->addWidget(m_figures);
    row->addWidget(m_details);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 2, space::inside, 2);
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(m_lines);
    m_lines->setWidgetResizable(true);
    m_lines->setFrameShape(QFrame::NoFrame);
    m_lines->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_lines->viewport()->setAutoFillBackground(false);
    m_lines->setAccessibleName(u"Lines of the readiness"_s);
    m_lines->hide();
    connect(m_details, &QPushButton::toggled, this, [this](bool open) {
        m_lines->setVisible(open);
        if (open)
            showLines();
        update();
    });
    setUnknown(u"not looked at yet"_s);
}

StateLook ReadinessBar::look() const
{
    return m_word->look();
}

void ReadinessBar::setReadiness(const Readiness &readiness)
{
    m_readiness = readiness;
    m_word->setState(lookOf(readiness.worst()), wordOf(readiness.worst()));
    QString headline = readiness.headline();
    for (const QString &said : {u"Not ready: "_s, u"Ready: "_s}) { // the word before it says so
        if (headline.startsWith(said))
            headline = headline.sliced(said.size());
    }
    m_headline->setText(headline);
    // RPO and RTO as they were measured.
    const auto figure = [](const std::optional<qint64> &ms) { return ms ? units::duration(*ms) : u"not known"_s; };
    m_figures->setText(u"loss now: %1 · back in: %2"_s.arg(figure(readiness.rpoMs), figure(readiness.rtoMs)));
    m_figures->setToolTip(tooltipText(u"What would be lost now (RPO): %1\nHow long copying and replaying took when it was last proven (RTO): %2"_s.arg(readiness.rpoMs ? units::exact(double(*readiness.rpoMs)) + u" ms"_s : u"not known"_s,
                                                                                                                                                     readiness.rtoMs ? units::exact(double(*readiness.rtoMs)) + u" ms"_s : u"not known"_s)));
    m_details->setEnabled(!readiness.lines.isEmpty());
    if (m_lines->isVisible())
        showLines();
    update();
}

void ReadinessBar::setUnknown(const QString &why)
{
    m_readiness = {};
    m_word->setState(StateLook::Unknown, wordOf(Light::Unknown));
    m_headline->setText(u"Whether this server could be brought back is not known: %1"_s.arg(why));
    m_figures->setText({});
    m_details->setChecked(false);
    m_details->setEnabled(false);
    update();
}

void ReadinessBar::showLines()
{
    auto *content = new QWidget;
    auto *grid = new QGridLayout(content);
    grid->setContentsMargins(0, space::inside, space::part, space::inside);
    grid->setHorizontalSpacing(space::group);
    grid->setVerticalSpacing(space::inside);
    grid->setColumnMinimumWidth(2, 150);
    grid->setColumnStretch(2, 1);
    grid->setColumnStretch(3, 3);
    int row = 0;
    for (const ReadinessLine &line : std::as_const(m_readiness.lines)) {
        auto *state = new StateWord;
        state->setState(lookOf(line.light), lineWord(line.light));
        auto *words = new PlainLabel(line.words, nullptr, "muted");
        words->setWordWrap(true);
        grid->addWidget(state, row, 0, Qt::AlignTop);
        grid->addWidget(new PlainLabel(line.title), row, 1, Qt::AlignTop);
        auto *value = new PlainLabel(line.value);
        value->setWordWrap(true);
        if (!line.exact.isEmpty()) {
            for (QLabel *label : {static_cast<QLabel *>(value), static_cast<QLabel *>(words)})
                label->setToolTip(tooltipText(line.exact));
        }
        grid->addWidget(value, row, 2, Qt::AlignTop);
        grid->addWidget(words, row, 3, Qt::AlignTop);
        if (!line.remedy.isEmpty()) {
            auto *copy = new QPushButton;
            copy->setIcon(icon(u"copy"_s));
            copy->setIconSize({14, 14});
            setLook(copy, "icon");
            copy->setAccessibleName(u"Copy: "_s + line.remedy);
            copy->setToolTip(tooltipText(u"Copy: "_s + line.remedy));
            connect(copy, &QPushButton::clicked, this, [this, text = line.remedy] { emit copyWanted(text); });
            grid->addWidget(copy, row, 4, Qt::AlignTop);
        }
        ++row;
    }
    grid->setRowStretch(row, 1);
    m_grid = grid;
    m_lines->setWidget(content);
    content->setAutoFillBackground(false);
    fitLines();
}

// A row that is cut in half looks like the last one: it ends between two, and what is below scrolls.
void ReadinessBar::fitLines()
{
    if (!m_grid || m_lines->isHidden())
        return;
    QWidget *content = m_lines->widget();
    const int width = m_lines->width() - m_lines->verticalScrollBar()->sizeHint().width();
    const int all = content->hasHeightForWidth() ? content->heightForWidth(width) : content->sizeHint().height();
    m_grid->setGeometry(QRect(0, 0, width, all)); // the area does it later, and the rows are asked for now
    const int most = window()->height() * 2 / 5;
    int height = all;
    for (int row = m_grid->rowCount() - 1; row > 0 && height > most; --row)
        height = m_grid->cellRect(row, 1).top() - 1;
    m_lines->setFixedHeight(std::max(height, 24));
}

void ReadinessBar::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    fitLines();
}

void ReadinessBar::paintEvent(QPaintEvent *)
{
    const Colors &c = colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor fill = look() == StateLook::Warning ? c.warningFill : look() == StateLook::Critical ? c.criticalFill : look() == StateLook::Unknown ? c.greyFill : c.surface;
    const QRectF all = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    QPainterPath frame;
    frame.addRoundedRect(all, space::radius, space::radius);
    painter.fillPath(frame, c.surface);
    // The verdict's colour is the verdict's: each line below has its own mark.
    painter.setClipPath(frame);
    painter.fillRect(m_lines->isHidden() ? all : QRectF(all.left(), all.top(), all.width(), m_lines->y() - all.top()), fill);
    painter.setClipping(false);
    painter.strokePath(frame, QPen(c.border, 1));
}

} // namespace howdah::ui
