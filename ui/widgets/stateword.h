// SPDX-License-Identifier: GPL-3.0-or-later
// A state as a shape and a word: a disc is well, a triangle a warning, a square critical, a ring unknown; never a colour alone.
#pragma once

#include <QIcon>
#include <QWidget>

class QPainter;

namespace howdah::ui
{

enum class StateLook { Ok, Warning, Critical, Unknown, Busy };

QColor stateColor(StateLook look);
void paintStateMark(QPainter &painter, const QRectF &square, StateLook look);
QIcon stateIcon(StateLook look); // in today's colours, for a cell

class StateWord : public QWidget
{
    Q_OBJECT
public:
    explicit StateWord(QWidget *parent = nullptr);
    void setState(StateLook look, const QString &word);
    StateLook look() const { return m_look; }
    QString word() const { return m_word; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    StateLook m_look = StateLook::Unknown;
    QString m_word;
};

} // namespace howdah::ui
