// SPDX-License-Identifier: GPL-3.0-or-later
// The pane's first line: could this server be brought back now. Red while it was never proven, grey while it is not known; never green because nothing was heard.
// Details has every line with its figure and what would mend it. Window's thread.
#pragma once

#include "backup/readiness.h"
#include "ui/widgets/stateword.h"

#include <QFrame>

class QGridLayout;
class QPushButton;
class QScrollArea;

namespace howdah::ui
{

class ElidedLabel;
class PlainLabel;

StateLook lookOf(backup::Light light);
QString wordOf(backup::Light light); // "ready", "look at it", "not ready", "not known"

class ReadinessBar : public QFrame
{
    Q_OBJECT
public:
    explicit ReadinessBar(QWidget *parent = nullptr);
    void setReadiness(const backup::Readiness &readiness);
    void setUnknown(const QString &why);
    QPushButton *detailsButton() const { return m_details; }
    StateLook look() const;

signals:
    void copyWanted(const QString &text);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void showLines();
    void fitLines(); // as many whole rows as the window has room for

    backup::Readiness m_readiness;
    StateWord *m_word;
    ElidedLabel *m_headline;
    PlainLabel *m_figures;
    QPushButton *m_details;
    QScrollArea *m_lines;
    QGridLayout *m_grid = nullptr; // of what m_lines shows
};

} // namespace howdah::ui
