// SPDX-License-Identifier: GPL-3.0-or-later
// A bar in a pane: what failed, why, what to do, SQLSTATE, Copy details, Retry. "Not permitted" is grey, not red, and offers the GRANT.
// Hidden while there is no error. Window's thread.
#pragma once

#include "base/error.h"

#include <QFrame>

class QPushButton;

namespace howdah::ui
{

class PlainLabel;

class ErrorBar : public QFrame
{
    Q_OBJECT
public:
    explicit ErrorBar(QWidget *parent = nullptr);
    // `what`: what failed, as a sentence's start: "The sizes could not be read". Shown at once.
    void showError(const QString &what, const Error &error);
    void clear();
    // A next step beside Retry, as a verb and an object; empty for none.
    void setAction(const QString &text);
    void setRetryVisible(bool visible);

signals:
    void retry();
    void action();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Error m_error;
    QString m_whatText;
    PlainLabel *m_what;
    PlainLabel *m_why;
    PlainLabel *m_hint;
    PlainLabel *m_sqlstate;
    QPushButton *m_copyGrant;
    QPushButton *m_action;
    QPushButton *m_retry;
    QPushButton *m_copy;
};

} // namespace howdah::ui
