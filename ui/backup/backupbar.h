// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with the backups of a server, above them, and where they lie. Window's thread.
#pragma once

#include <QWidget>

class QPushButton;

namespace howdah::ui
{

class ElidedLabel;

class BackupBar : public QWidget
{
    Q_OBJECT
public:
    explicit BackupBar(QWidget *parent = nullptr);
    void setPlace(const QString &text, const QString &tip);
    QPushButton *placeButton() const { return m_place; }

signals:
    void place();

private:
    ElidedLabel *m_where;
    QPushButton *m_place;
};

} // namespace howdah::ui
