// SPDX-License-Identifier: GPL-3.0-or-later
// The recoverable window as a strip: time from left to right, one lane a branch. Solid: every moment can be reached; hatched: what is missing, in words; marks
// differ by shape (full: square, incremental: triangle, dump: ring, restore point: flag, migration: bar). A click, or Enter, picks a moment of a branch, reachable or
// not: why not is told. Keys: Left and Right move, with Shift faster, with Ctrl from mark to mark, Home and End, Up and Down between branches, + and - and 0 zoom.
// Made from values alone. Window's thread.
#pragma once

#include "ui/backup/stripvalues.h"

#include <QWidget>

#include <optional>

namespace howdah::ui
{

class WindowStrip : public QWidget
{
    Q_OBJECT
public:
    explicit WindowStrip(QWidget *parent = nullptr);

    void setValues(const StripValues &values); // what is picked and how far it is zoomed stays
    const StripValues &values() const { return m_values; }
    void setZone(const QTimeZone &zone); // the user's, unless said
    // Microseconds since 1970; shown as a line with its moment.
    void setPicked(qint64 us, backup::Timeline timeline);
    void clearPicked();
    std::optional<qint64> picked() const { return m_picked; }
    backup::Timeline pickedTimeline() const { return m_pickedLane; }

    void setView(qint64 fromUs, qint64 toUs);
    void showAll();
    QPair<qint64, qint64> view() const { return {m_fromUs, m_toUs}; }

    // For tests and whoever points at it.
    QRectF laneRect(backup::Timeline timeline) const;
    double xOf(qint64 us) const;
    QString tipAt(const QPointF &at) const; // plain text: exact times in the zone, UTC below
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void momentPicked(qint64 us, quint32 timeline);
    void markPicked(const QString &id); // of a backup

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    bool event(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;

private:
    QRectF plot() const;
    qint64 usAt(double x) const;
    backup::Timeline laneAt(double y) const;
    const StripMark *markAt(const QPointF &at) const;
    QString tipOf(backup::Timeline timeline, qint64 us) const;
    backup::Timeline firstLane() const;
    QString moment(qint64 us) const; // in the zone
    void pick(qint64 us, backup::Timeline timeline);
    void moveCursor(qint64 us);
    void toNextMark(int direction);
    void changeLane(int direction);
    void zoom(double factor, qint64 aroundUs);
    void tell();
    void paintLegend(QPainter &painter) const;
    void paintLane(QPainter &painter, const StripLane &lane) const;
    void paintMark(QPainter &painter, const StripMark &mark, const QRectF &lane) const;
    void paintAxis(QPainter &painter) const;
    void paintCursor(QPainter &painter) const;
    void paintMoment(QPainter &painter, qint64 us, const QColor &color, Qt::PenStyle style) const;

    StripValues m_values;
    QTimeZone m_zone = QTimeZone::systemTimeZone();
    qint64 m_fromUs = 0;
    qint64 m_toUs = 0;
    bool m_all = true; // follows what there is
    std::optional<qint64> m_picked;
    backup::Timeline m_pickedLane = 0;
    std::optional<qint64> m_cursor; // of the mouse or the keys
    backup::Timeline m_cursorLane = 0;
};

} // namespace howdah::ui
