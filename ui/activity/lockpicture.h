// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of locks as a picture: roots at the left, who waits for them to the right, many of one queue as one box. A click or the arrow keys choose a
// box. Drawn by hand from the rows of the tree, so that both tell the same. Window's thread.
#pragma once

#include "ui/activity/rows.h"

#include <QWidget>

namespace howdah::ui
{

class LockPicture : public QWidget
{
    Q_OBJECT
public:
    explicit LockPicture(QWidget *parent = nullptr);

    void setRows(const QVector<KeyedRow> &rows); // of lockRows()
    void select(const QString &key);
    QString currentKey() const { return m_current; }
    int boxCount() const { return int(m_boxes.size()); }
    QRect boxOf(const QString &key) const;

    QSize sizeHint() const override { return m_size; }
    QSize minimumSizeHint() const override { return m_size; }

signals:
    void currentKeyChanged(const QString &key);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Box {
        QString key;
        QString title, line, lock;
        StateLook look = StateLook::Warning;
        QRect at;
        int parent = -1;
    };
    int place(const KeyedRow &row, int parent, int depth, int top);
    void choose(int index);

    QVector<Box> m_boxes;
    int m_leftOut = 0; // rows without a box
    QString m_current;
    QSize m_size{200, 100};
};

} // namespace howdah::ui
