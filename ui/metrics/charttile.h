// SPDX-License-Identifier: GPL-3.0-or-later
// One tile of the overview: its name, the value now, the chart; or, in the chart's place, why there is none. Window's thread.
#pragma once

#include "ui/metrics/overviewtiles.h"

#include <QFrame>

class QPushButton;
class QStackedLayout;

namespace howdah::ui
{

class ElidedLabel;
class PlainLabel;

class ChartTile : public QFrame
{
    Q_OBJECT
public:
    ChartTile(const TileSpec &spec, RedrawQueue *queue, QWidget *parent = nullptr);

    const TileSpec &spec() const { return m_spec; }
    TimeChart *chart() const { return m_chart; }

    void setNow(const Figure &figure);
    QString nowText() const;
    void setStale(bool stale); // the value is the last known one
    // Why there is no chart; an empty text brings it back. `grant`: what would permit it, offered for copying.
    void setReason(const QString &text, const QString &grant = {});
    QString reason() const;
    // "14:02:10" the tile's values there, as one piece of the line under the crosshair.
    QString valuesAt(qint64 atMs) const;

private:
    void updateCaption();

    TileSpec m_spec;
    bool m_stale = false;
    TimeChart *m_chart;
    PlainLabel *m_number;
    PlainLabel *m_unit;
    ElidedLabel *m_caption;
    QPushButton *m_zoom = nullptr;
    QStackedLayout *m_stack;
    PlainLabel *m_reason;
    PlainLabel *m_grant;
    QPushButton *m_copyGrant;
};

} // namespace howdah::ui
