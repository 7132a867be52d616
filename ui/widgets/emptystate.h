// SPDX-License-Identifier: GPL-3.0-or-later
// Where nothing is yet: one line of what would be here, one button that brings it, one link to why. Window's thread.
#pragma once

#include <QWidget>

class QPushButton;
class QVBoxLayout;

namespace howdah::ui
{

class PlainLabel;

class EmptyState : public QWidget
{
    Q_OBJECT
public:
    // `button`: a verb and an object, empty for none. `why`: the link's explanation, shown below it on click; empty for none.
    EmptyState(const QString &line, const QString &button, const QString &why, QWidget *parent = nullptr);
    void setLine(const QString &line);
    void setButton(const QString &text);         // empty: none
    void setSecondButton(const QString &text);   // beside the first, not primary; empty: none

signals:
    void clicked();
    void secondClicked();

private:
    PlainLabel *m_line;
    QPushButton *m_button;
    QPushButton *m_second;
};

} // namespace howdah::ui
