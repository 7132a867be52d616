// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/theme.h"

#include "ui/widgets/stylesheet.h"

#include <QApplication>
#include <QGuiApplication>
#include <QStyleFactory>
#include <QStyleHints>
#include <QToolTip>

namespace howdah::ui
{

namespace
{

QColor rgb(QRgb value)
{
    return QColor::fromRgb(value);
}

bool systemIsDark()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
#else
    return QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
#endif
}

QPalette paletteOf(const Colors &c)
{
    QPalette p(c.window);
    p.setColor(QPalette::Window, c.window);
    p.setColor(QPalette::WindowText, c.text);
    p.setColor(QPalette::Base, c.surface);
    p.setColor(QPalette::AlternateBase, c.raised);
    p.setColor(QPalette::Text, c.text);
    p.setColor(QPalette::PlaceholderText, c.muted);
    p.setColor(QPalette::Button, c.raised);
    p.setColor(QPalette::ButtonText, c.text);
    p.setColor(QPalette::BrightText, c.critical);
    p.setColor(QPalette::ToolTipBase, c.raised);
    p.setColor(QPalette::ToolTipText, c.text);
    p.setColor(QPalette::Highlight, c.selection);
    p.setColor(QPalette::HighlightedText, c.text);
    p.setColor(QPalette::Link, c.accent);
    p.setColor(QPalette::LinkVisited, c.accent);
    p.setColor(QPalette::Light, c.border);
    p.setColor(QPalette::Midlight, c.border);
    p.setColor(QPalette::Mid, c.border);
    p.setColor(QPalette::Dark, c.border);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, c.muted);
    return p;
}

QFont fontOf(const QStringList &families, int pixelSize)
{
    QFont font;
    font.setFamilies(families);
    font.setPixelSize(pixelSize);
    return font;
}

QStringList textFamilies()
{
    return {QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans")};
}

} // namespace

Colors colorsOf(bool dark)
{
    Colors c;
    if (dark) {
        c.window = rgb(0x14171c);
        c.surface = rgb(0x1a1e25);
        c.raised = rgb(0x232833);
        c.border = rgb(0x323946);
        c.text = rgb(0xe4e8ee);
        c.muted = rgb(0x9da7b6);
        c.accent = rgb(0x6fb1f5);
        c.onAccent = rgb(0x0b1420);
        c.selection = rgb(0x26415f);
        c.ok = rgb(0x5cc785);
        c.warning = rgb(0xe8b34f);
        c.critical = rgb(0xff8a86);
        c.unknown = c.muted;
        c.okFill = rgb(0x16281e);
        c.warningFill = rgb(0x2e2614);
        c.criticalFill = rgb(0x351d20);
        c.greyFill = rgb(0x232833);
        c.grid = rgb(0x2a303b);
    } else {
        c.window = rgb(0xf3f4f6);
        c.surface = rgb(0xffffff);
        c.raised = rgb(0xeceef1);
        c.border = rgb(0xd3d7de);
        c.text = rgb(0x1b2430);
        c.muted = rgb(0x566170);
        c.accent = rgb(0x1758bf);
        c.onAccent = rgb(0xffffff);
        c.selection = rgb(0xd3e3f8);
        c.ok = rgb(0x166b33);
        c.warning = rgb(0x855000);
        c.critical = rgb(0xb3202a);
        c.unknown = c.muted;
        c.okFill = rgb(0xe6f4ea);
        c.warningFill = rgb(0xfdf2d8);
        c.criticalFill = rgb(0xfce9e9);
        c.greyFill = rgb(0xe9ebef);
        c.grid = rgb(0xe6e8ec);
    }
    return c;
}

Theme::Theme(QObject *parent) : QObject(parent), m_systemDark(systemIsDark()), m_dark(m_systemDark)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] {
        m_systemDark = systemIsDark();
        setChoice(m_choice);
    });
#endif
}

void Theme::setChoice(Choice choice)
{
    m_choice = choice;
    const bool dark = choice == Choice::Dark || (choice == Choice::System && m_systemDark);
    if (m_applied && dark == m_dark)
        return;
    m_dark = dark;
    apply();
    emit changed();
}

void Theme::apply()
{
    auto *app = qobject_cast<QApplication *>(parent());
    if (!app)
        return;
    if (!m_applied) {
        app->setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
        app->setFont(textFont());
        QToolTip::setFont(smallFont());
    }
    m_applied = true;
    const Colors c = colors();
    app->setPalette(paletteOf(c));
    QToolTip::setPalette(paletteOf(c));
    app->setStyleSheet(styleSheet(c));
}

const Colors &Theme::colors() const
{
    static const Colors light = colorsOf(false);
    static const Colors dark = colorsOf(true);
    return m_dark ? dark : light;
}

QString Theme::choiceName(Choice choice)
{
    switch (choice) {
    case Choice::Light: return QStringLiteral("light");
    case Choice::Dark: return QStringLiteral("dark");
    case Choice::System: break;
    }
    return QStringLiteral("system");
}

Theme::Choice Theme::choiceFromName(const QString &name)
{
    if (name == QLatin1StringView("light"))
        return Choice::Light;
    return name == QLatin1StringView("dark") ? Choice::Dark : Choice::System;
}

Theme &theme()
{
    auto *found = qApp->findChild<Theme *>(QString(), Qt::FindDirectChildrenOnly);
    return found ? *found : *new Theme(qApp);
}

const Colors &colors()
{
    return theme().colors();
}

QColor seriesColor(int index)
{
    const bool dark = theme().isDark();
    switch (((index % 8) + 8) % 8) {
    case 0: return dark ? rgb(0x56b4e9) : rgb(0x0072b2);
    case 1: return rgb(0xe69f00);
    case 2: return dark ? rgb(0x4a90c4) : rgb(0x56b4e9);
    case 3: return rgb(0xcc79a7);
    case 4: return dark ? rgb(0xf0e442) : rgb(0xb3a900); // yellow as it is can't be seen on white
    case 5: return dark ? rgb(0xe4e8ee) : rgb(0x1b2430);
    case 6: return rgb(0x009e73);
    default: return rgb(0xd55e00);
    }
}

EnvironmentColors environmentColors(session::Environment environment)
{
    switch (environment) {
    case session::Environment::Development: return {rgb(0x1f5fbf), rgb(0xffffff)};
    case session::Environment::Test: return {rgb(0xf0b030), rgb(0x1d1600)};
    case session::Environment::Production: break;
    }
    return {rgb(0xc0202b), rgb(0xffffff)};
}

QFont textFont()
{
    return fontOf(textFamilies(), 13);
}

QFont smallFont()
{
    return fontOf(textFamilies(), 12);
}

QFont titleFont()
{
    QFont font = fontOf(textFamilies(), 15);
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont figureFont(int pixelSize)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0)
    QFont font = fontOf(textFamilies(), pixelSize);
    font.setFeature(QFont::Tag("tnum"), 1);
    return font;
#else
    // Inter's digits differ in width and Qt before 6.7 can't ask a font for its tabular ones.
    return fontOf({QStringLiteral("JetBrains Mono"), QStringLiteral("DejaVu Sans")}, pixelSize);
#endif
}

QFont fixedFont(int pixelSize)
{
    QFont font = fontOf({QStringLiteral("JetBrains Mono"), QStringLiteral("DejaVu Sans Mono")}, pixelSize);
    font.setStyleHint(QFont::Monospace);
    font.setFixedPitch(true);
    // JetBrains Mono draws >= and => as one sign; what a server said is shown as it said it.
    font.setStyleStrategy(QFont::PreferNoShaping);
    return font;
}

} // namespace howdah::ui
