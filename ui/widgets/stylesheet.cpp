// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/stylesheet.h"


namespace howdah::ui
{

namespace
{

// $name is a colour. Sizes follow the 4 px grid.
constexpr char sheet[] = R"(
* { outline: none; }
QWidget { color: $text; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 8px; }
QLabel[role="muted"], QLabel[role="small"] { color: $muted; }
QLabel[role="critical"] { color: $critical; }
QLabel[role="warning"] { color: $warning; }
QFrame[card="true"] { background: $surface; border: 1px solid $border; border-radius: 6px; }
QWidget[bar="true"] { background: $surface; }

QPushButton, QToolButton { background: $raised; color: $text; border: 1px solid $border; border-radius: 6px; padding: 4px 12px; min-height: 16px; }
QToolButton { padding: 4px 8px; }
QToolButton[look="part"] { background: transparent; border: 1px solid transparent; padding: 4px 2px; }
QToolButton[look="part"]:hover { background: $raised; }
QToolButton[look="part"]:focus { border-color: $accent; }
QPushButton:hover, QToolButton:hover { border-color: $muted; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked, QPushButton:checked { background: $selection; }
QPushButton:focus, QToolButton:focus { border: 1px solid $accent; }
QPushButton:disabled, QToolButton:disabled { color: $muted; background: $window; }
QPushButton[look="primary"] { background: $accent; color: $onAccent; border-color: $accent; font-weight: 600; }
QPushButton[look="primary"]:hover { border-color: $text; }
QPushButton[look="primary"]:focus { border: 2px solid $text; padding: 3px 11px; }
QPushButton[look="primary"]:disabled { background: $raised; color: $muted; border-color: $border; }
QPushButton[look="danger"] { background: $surface; color: $critical; border-color: $critical; }
QPushButton[look="danger"]:hover { background: $criticalFill; }
QPushButton[look="danger"]:focus { border: 2px solid $critical; padding: 3px 11px; }
QPushButton[look="danger"]:disabled { color: $muted; border-color: $border; }
QPushButton[look="flat"], QToolButton[look="flat"] { background: transparent; border: 1px solid transparent; padding: 4px 8px; }
QPushButton[look="flat"]:hover, QToolButton[look="flat"]:hover { background: $raised; }
QPushButton[look="flat"]:focus, QToolButton[look="flat"]:focus { border-color: $accent; }
QPushButton[look="flat"]:checked, QToolButton[look="flat"]:checked { background: $selection; }
QPushButton[look="icon"] { background: transparent; border: 1px solid transparent; padding: 0; min-height: 0; }
QPushButton[look="icon"]:hover { background: $raised; }
QPushButton[look="icon"]:focus { border-color: $accent; }
QPushButton[look="link"] { background: transparent; border: 1px solid transparent; color: $accent; padding: 2px 4px; text-align: left; }
QPushButton[look="link"]:hover { text-decoration: underline; }
QPushButton[look="link"]:focus { border-color: $accent; }
QPushButton::menu-indicator, QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QSpinBox, QComboBox, QPlainTextEdit, QTextEdit { background: $surface; color: $text; border: 1px solid $border; border-radius: 6px; padding: 3px 8px; selection-background-color: $selection; selection-color: $text; }
QLineEdit, QSpinBox, QComboBox { min-height: 18px; }
QLineEdit:focus, QSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled { color: $muted; background: $window; }
QLineEdit > QToolButton { background: transparent; border: none; padding: 0; min-height: 0; }
QSpinBox::up-button, QSpinBox::down-button { border: none; background: transparent; width: 18px; }
QSpinBox::down-arrow { image: url(:/marks/down-$theme.svg); width: 12px; height: 12px; }
QSpinBox::up-arrow { image: url(:/marks/up-$theme.svg); width: 12px; height: 12px; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(:/marks/down-$theme.svg); width: 16px; height: 16px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border; selection-background-color: $selection; selection-color: $text; }
QCheckBox { spacing: 8px; padding: 2px; border: 1px solid transparent; border-radius: 4px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $muted; border-radius: 3px; background: $surface; }
QCheckBox::indicator:checked { border-color: $accent; image: url(:/marks/check-$theme.svg); }
QCheckBox::indicator:disabled { border-color: $border; }
QTreeView::indicator { width: 14px; height: 14px; border: 1px solid $muted; border-radius: 3px; background: $surface; }
QTreeView::indicator:checked { border-color: $accent; image: url(:/marks/check-$theme.svg); }
QTreeView::indicator:indeterminate { border-color: $accent; background: $selection; }
QCheckBox:focus { border-color: $accent; }
QRadioButton { spacing: 8px; padding: 2px; border: 1px solid transparent; border-radius: 4px; }
QRadioButton::indicator { width: 12px; height: 12px; border: 1px solid $muted; border-radius: 7px; background: $surface; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 4px solid $accent; background: $surface; }
QRadioButton::indicator:disabled { border-color: $border; }
QRadioButton:focus { border-color: $accent; }

QAbstractItemView { background: $surface; alternate-background-color: $raised; border: 1px solid $border; border-radius: 6px; selection-background-color: $selection; selection-color: $text; }
QAbstractItemView:focus { border-color: $accent; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $muted; border: none; border-bottom: 1px solid $border; padding: 4px 0px 4px 8px; font-weight: 500; }
QHeaderView::up-arrow { image: url(:/marks/up-$theme.svg); width: 8px; height: 8px; subcontrol-position: center right; }
QHeaderView::down-arrow { image: url(:/marks/down-$theme.svg); width: 8px; height: 8px; subcontrol-position: center right; }

QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $muted; border: none; border-bottom: 2px solid transparent; padding: 6px 12px; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { background: $selection; }

QMenu { background: $raised; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 12px; border-radius: 4px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }

QProgressBar { background: $raised; border: 1px solid $border; border-radius: 4px; max-height: 8px; min-height: 8px; text-align: center; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }

QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollArea { border: none; background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; border: none; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; border: none; }
QScrollBar::handle { background: $border; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; border: none; width: 0; height: 0; }
)";

} // namespace

QString styleSheet(const Colors &c)
{
    // $criticalFill before $critical, since one begins with the other.
    const QVector<std::pair<QLatin1StringView, QColor>> names = {
        {QLatin1StringView("$criticalFill"), c.criticalFill}, {QLatin1StringView("$onAccent"), c.onAccent},
        {QLatin1StringView("$window"), c.window},             {QLatin1StringView("$surface"), c.surface},
        {QLatin1StringView("$raised"), c.raised},             {QLatin1StringView("$border"), c.border},
        {QLatin1StringView("$text"), c.text},                 {QLatin1StringView("$muted"), c.muted},
        {QLatin1StringView("$accent"), c.accent},             {QLatin1StringView("$selection"), c.selection},
        {QLatin1StringView("$critical"), c.critical},         {QLatin1StringView("$warning"), c.warning}};
    QString text = QString::fromLatin1(sheet);
    for (const auto &[name, color] : names)
        text.replace(name, color.name());
    text.replace(QLatin1StringView("$theme"), c.window.lightness() < 128 ? QLatin1StringView("dark") : QLatin1StringView("light"));
    return text;
}

} // namespace howdah::ui
