// SPDX-License-Identifier: GPL-3.0-or-later
// What the linter says of one file, a card each: where, why, what it locks, and the safe way to write it, applied by one key where that is mechanical.
// Window's thread.
#pragma once

#include "migrations/lintfacts.h"

#include <QScrollArea>

class QVBoxLayout;

namespace howdah::ui
{

class FindingsView : public QScrollArea
{
    Q_OBJECT
public:
    explicit FindingsView(QWidget *parent = nullptr);

    // `mayEdit`: false of what is applied: it is told, and nothing can be changed.
    void show(const migrations::File &file, const QList<migrations::Finding> &findings, bool mayEdit);
    void showError(const QString &text); // why there are none
    int count() const { return m_count; }

signals:
    void lineWanted(int line);
    void fixWanted(const howdah::migrations::Finding &finding);
    void waiverWanted(const howdah::migrations::Finding &finding);

private:
    void clear();
    QWidget *card(const migrations::File &file, const migrations::Finding &finding, bool mayEdit);

    QWidget *m_inside;
    QVBoxLayout *m_column;
    int m_count = 0;
};

} // namespace howdah::ui
