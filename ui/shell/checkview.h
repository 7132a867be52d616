// SPDX-License-Identifier: GPL-3.0-or-later
// The steps of a connection test as they become known: a shape and a word each, what was found below, and what would help. Window's thread.
#pragma once

#include "session/checksteps.h"

#include <QScrollArea>

class QPushButton;
class QVBoxLayout;

namespace howdah::ui
{

class CheckView : public QScrollArea
{
    Q_OBJECT
public:
    explicit CheckView(QWidget *parent);
    void clear(const QString &text); // nothing yet: one line of what would be here
    void add(const session::CheckStep &step);
    // All of a test that has ended; its unknown authority can be pinned, where the server shows it.
    void setReport(const session::CheckReport &report);
    int count() const { return m_count; }

signals:
    void pinWanted();

private:
    void empty();
    QPushButton *addButton(QVBoxLayout *column, const QString &text);

    QVBoxLayout *m_column;
    QVBoxLayout *m_tls = nullptr; // the step's own column
    int m_count = 0;
};

} // namespace howdah::ui
