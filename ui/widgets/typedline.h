// SPDX-License-Identifier: GPL-3.0-or-later
// A line in which a name has to be typed, letter by letter, to confirm what can't be taken back: nothing can be pasted or dropped into it,
// since a pasted name is a habit and not a thought. Window's thread.
#pragma once

#include <QLineEdit>

namespace howdah::ui
{

class TypedLine : public QLineEdit
{
    Q_OBJECT
public:
    explicit TypedLine(const QString &expected, QWidget *parent = nullptr);
    bool matches() const { return text() == m_expected; }

signals:
    void matched(bool matches); // at each change

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    QString m_expected;
};

} // namespace howdah::ui
