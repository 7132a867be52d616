// SPDX-License-Identifier: GPL-3.0-or-later
// Colours, spacing and fonts of the window, light and dark. The current Theme belongs to the application object; the free functions read
// it. Whoever paints by hand repaints on Theme::changed; widgets that are styled need nothing. Window's thread.
#pragma once

#include "session/profile.h"

#include <QColor>
#include <QFont>
#include <QObject>
#include <QPalette>

namespace howdah::ui
{

// The 4 px grid: inside a part, between the parts of a group, between groups, at the edge; a row of a table or tree.
namespace space
{
inline constexpr int inside = 4;
inline constexpr int part = 8;
inline constexpr int group = 16;
inline constexpr int edge = 24;
inline constexpr int row = 24;
inline constexpr int radius = 6;
}

// Text roles are at least 4.5 to 1 on window, surface and raised (a test computes it).
struct Colors {
    QColor window;      // behind everything
    QColor surface;     // cards, tables, trees
    QColor raised;      // buttons, headers, hovered rows
    QColor border;      // the one border
    QColor text;
    QColor muted;       // labels, NULL, what is secondary
    QColor accent;      // links, focus, what is selected on the rail
    QColor onAccent;    // text on accent
    QColor selection;   // rows
    QColor ok, warning, critical, unknown;             // state words and shapes; never a series
    QColor okFill, warningFill, criticalFill, greyFill; // behind a bar of that state; text is `text`
    QColor grid;        // lines of charts
};

struct EnvironmentColors {
    QColor block;
    QColor ink; // the word on it
};

class Theme : public QObject
{
    Q_OBJECT
public:
    enum class Choice { System, Light, Dark };

    explicit Theme(QObject *parent);

    Choice choice() const { return m_choice; }
    void setChoice(Choice choice); // styles the whole application anew when the outcome differs
    bool isDark() const { return m_dark; }
    const Colors &colors() const;

    static QString choiceName(Choice choice); // "system", "light", "dark"
    static Choice choiceFromName(const QString &name);

signals:
    void changed();

private:
    void apply();

    Choice m_choice = Choice::System;
    bool m_systemDark = false;
    bool m_dark = false;
    bool m_applied = false;
};

Theme &theme();          // of the application object; made there, system's choice, at first use
const Colors &colors();  // of theme()
Colors colorsOf(bool dark);

// Okabe and Ito's eight in fixed order; the two nearest to red and green come last, so that state keeps those to itself.
QColor seriesColor(int index);
EnvironmentColors environmentColors(session::Environment environment);

QFont textFont();                 // 13 px
QFont smallFont();                // 12 px: labels of tiles, crumbs
QFont titleFont();                // 15 px, demibold
QFont figureFont(int pixelSize);  // digits of one width
QFont fixedFont(int pixelSize = 12); // SQL, names, LSNs: JetBrains Mono, else DejaVu Sans Mono

} // namespace howdah::ui
