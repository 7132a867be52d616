// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+K: type a few letters, Enter runs what they find. Commands are given at opening, so that they are those of this moment.
#pragma once

#include "ui/shell/command.h"

#include <QFrame>
#include <QPointer>
#include <QVector>

class QLineEdit;
class QListWidget;

namespace howdah::ui
{

// How well `typed` finds `text`: its letters in order, word beginnings and runs count more; -1: not at all. Case-insensitive.
int matchScore(const QString &text, const QString &typed);

class CommandPalette : public QFrame
{
    Q_OBJECT
public:
    explicit CommandPalette(QWidget *window);
    void open(const QVector<Command> &commands);
    QLineEdit *line() const { return m_line; }
    QStringList shown() const; // texts in the order of the list

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void filter(const QString &typed);
    void runCurrent();
    void leave();

    QVector<Command> m_commands;
    QLineEdit *m_line;
    QListWidget *m_list;
    QPointer<QWidget> m_before; // had the focus
};

} // namespace howdah::ui
