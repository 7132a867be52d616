# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Nothing in src/ needs a screen. (A missing link line stops most of it; Qt's own module folders are on the path all the same.)
check() {
    cxx code -- src | find_in '^\s*#\s*include\s*[<"](Qt(Gui|Widgets|Charts|Svg|OpenGL|PrintSupport)/|Qsci/|Q(Widget|Application|GuiApplication|Color|Icon|Pixmap|Image|Painter|Font|FontMetrics|Action|Clipboard|KeySequence|StandardItemModel|Window|DesktopServices|TextDocument|Palette|Cursor|Dialog|MessageBox|Label)>)'
    files '(^|/)CMakeLists\.txt$' src | xargs -r grep -nHE '^[^#]*Qt6::(Gui|Widgets|Charts|Svg|OpenGL)' || true
}
plant() {
    bad src/metrics/a.h <<<'#include <QtGui/QColor>'
    bad src/metrics/b.cpp <<<'#include <QWidget>'
    bad src/metrics/CMakeLists.txt <<<'target_link_libraries(x PUBLIC Qt6::Gui)'
    good src/metrics/c.cpp <<<'#include <QString> // not <QWidget>'
    good ui/metrics/a.cpp <<<'#include <QWidget>'
}
