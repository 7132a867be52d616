// SPDX-License-Identifier: GPL-3.0-or-later
// The list of panes at the window's left: icon and word, the shown one marked, a number where a pane needs attention. Window's thread.
#pragma once

#include <QAbstractButton>
#include <QWidget>

class QButtonGroup;
class QToolButton;

namespace howdah::ui
{

class RailButton : public QAbstractButton
{
    Q_OBJECT
public:
    RailButton(const QString &id, const QString &title, const QString &iconName, const QString &keys, QWidget *parent = nullptr);
    QString id() const { return m_id; }
    void setAttention(int count, const QString &word);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_id;
    QString m_iconName;
    QString m_tip; // "Overview (Ctrl+1)"
    int m_count = 0;
};

class Rail : public QWidget
{
    Q_OBJECT
public:
    explicit Rail(QWidget *parent = nullptr);
    void select(const QString &id);
    RailButton *button(const QString &id) const; // null: no such pane
    QToolButton *themeButton() const { return m_theme; }

signals:
    void selected(const QString &id);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QButtonGroup *m_group;
    QToolButton *m_theme;
};

} // namespace howdah::ui
