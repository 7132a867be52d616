// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of a test's window, for people: only where HOWDAH_PICTURES names a folder. Window's thread.
#pragma once

#include "ui/widgets/theme.h"

#include <QDir>
#include <QLabel>
#include <QtTest>

namespace howdah::test
{

// What is shown, at both sizes, light and dark: NAME-light-1600.png and three more.
inline void windowPictures(QWidget *window, const QString &name)
{
    const QString folder = qEnvironmentVariable("HOWDAH_PICTURES");
    if (folder.isEmpty())
        return;
    for (const QSize size : {QSize(1600, 1000), QSize(1100, 700)}) {
        for (const bool dark : {false, true}) {
            window->resize(size);
            ui::theme().setChoice(dark ? ui::Theme::Choice::Dark : ui::Theme::Choice::Light);
            QCoreApplication::processEvents();
            QTRY_VERIFY(window->size() == size);
            QCoreApplication::processEvents(); // a layout that waits to be made
            window->grab().save(QDir(folder).filePath(QStringLiteral("%1-%2-%3.png").arg(name, dark ? QStringLiteral("dark") : QStringLiteral("light")).arg(size.width())));
        }
    }
    ui::theme().setChoice(ui::Theme::Choice::Light);
    window->resize(1600, 1000);
    QCoreApplication::processEvents();
}

// Of a test that failed: what its window says.
inline void tellWhatIsShown(const QWidget *window)
{
    for (const QLabel *label : window->findChildren<QLabel *>()) {
        if (label->isVisible() && !label->text().isEmpty())
            qWarning("shown: %s", qPrintable(label->text()));
    }
}

} // namespace howdah::test
