// SPDX-License-Identifier: GPL-3.0-or-later
// Text as text: a server's words never become markup. Window's thread.
#pragma once

#include <QLabel>

class QAbstractButton;

namespace howdah::ui
{

// A label that never reads HTML. `role`: "", "muted", "small", "title", "fixed", "warning", "critical" (see stylesheet.h).
class PlainLabel : public QLabel
{
    Q_OBJECT
public:
    explicit PlainLabel(const QString &text = {}, QWidget *parent = nullptr, const char *role = nullptr);
};

// One line that elides in the middle (names) or at the end (text) instead of asking for more room; the tooltip has all of it.
class ElidedLabel : public QLabel
{
    Q_OBJECT
public:
    explicit ElidedLabel(const QString &text = {}, QWidget *parent = nullptr, const char *role = nullptr,
                         Qt::TextElideMode mode = Qt::ElideRight);
    void setText(const QString &text); // hides QLabel's: the shown text is a part of this one
    QString fullText() const { return m_text; }
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_text;
    Qt::TextElideMode m_mode;
};

// Text for places that read HTML when it looks like HTML: tooltips, the titles and labels of Qt Charts.
QString tooltipText(const QString &plain);

void setLook(QWidget *widget, const char *look); // "primary", "danger", "flat", "link"
void setRole(QWidget *widget, const char *role);

} // namespace howdah::ui
