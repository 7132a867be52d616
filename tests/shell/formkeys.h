// SPDX-License-Identifier: GPL-3.0-or-later
// A dialog as fingers and eyes have it: fields and buttons by the names that a screen reader says, reached by Tab.
#pragma once

#include <QAbstractButton>
#include <QApplication>
#include <QtTest>

namespace howdah::test
{

inline QString spokenName(const QWidget *widget)
{
    if (widget && !widget->accessibleName().isEmpty())
        return widget->accessibleName();
    const auto *button = qobject_cast<const QAbstractButton *>(widget);
    return button ? button->text() : QString();
}

template<typename T = QWidget>
T *spoken(QWidget &window, const QString &name)
{
    for (T *one : window.findChildren<T *>()) {
        if (spokenName(one) == name && one->isVisibleTo(&window))
            return one;
    }
    return nullptr;
}

// Tab until it has the focus; false where no number of Tabs leads there.
inline bool tabTo(QWidget &window, const QString &name)
{
    for (int i = 0; i < 60; ++i) {
        if (spokenName(window.focusWidget()) == name)
            return true;
        QTest::keyClick(window.focusWidget() ? window.focusWidget() : &window, Qt::Key_Tab);
    }
    return false;
}

inline bool typeInto(QWidget &window, const QString &name, const QString &text)
{
    if (!tabTo(window, name))
        return false;
    QTest::keyClick(window.focusWidget(), Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(window.focusWidget(), text);
    return true;
}

inline bool press(QWidget &window, const QString &name)
{
    if (!tabTo(window, name))
        return false;
    QTest::keyClick(window.focusWidget(), Qt::Key_Space);
    return true;
}

} // namespace howdah::test
