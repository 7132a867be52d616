// SPDX-License-Identifier: GPL-3.0-or-later
// A plan as a picture: the root on top, rows flow upwards, the wider an arrow the more of them. What is heavy says so in words too. A click or the
// arrow keys choose a node; Ctrl and the wheel, + and - change the size, 0 fits it. Drawn by hand. Window's thread.
#pragma once

#include "ui/plan/planfigures.h"

#include <QWidget>

namespace howdah::ui
{

class PlanGraph : public QWidget
{
    Q_OBJECT
public:
    explicit PlanGraph(QWidget *parent = nullptr);

    void setPlan(const SharedPlan &plan); // null: none
    void select(int node);
    int currentNode() const { return m_current; }
    int boxCount() const { return int(m_boxes.size()); }
    QRect boxOf(int node) const; // in this widget's pixels
    double zoom() const { return m_zoom; }
    void setZoom(double zoom);
    void fit(const QSize &room); // not larger than life, not smaller than can be read

    QSize sizeHint() const override { return m_size * m_zoom; }
    QSize minimumSizeHint() const override { return sizeHint(); }

    static constexpr int mostBoxes = 1000;
    static constexpr double smallest = 0.5, largest = 2;

signals:
    void currentNodeChanged(int node);
    void zoomWanted(double zoom); // by wheel or key; 0: to fit

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    void choose(int node);
    void setCurrent(int node);
    int boxAt(const QPoint &at) const; // -1: none
    void drawArrow(QPainter &painter, int node) const;
    void drawBox(QPainter &painter, int node) const;
    int among(int node, int step) const; // the box beside it, of one depth; -1: none

    SharedPlan m_plan;
    QVector<QRect> m_boxes; // by node, unscaled; the first mostBoxes
    int m_current = -1;
    double m_zoom = 1;
    QSize m_size{200, 100};
};

} // namespace howdah::ui
