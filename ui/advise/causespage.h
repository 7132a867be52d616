// SPDX-License-Identifier: GPL-3.0-or-later
// A page beside a chosen statement: why it is slow in the time that is shown, and what would mend it. It looks when it is asked to, never by itself.
// Window's thread; what the context points to outlives it.
#pragma once

#include "ui/advise/causeflow.h"
#include "ui/statements/statementdetail.h"

#include <QWidget>

class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace howdah::ui
{

class CauseCard;
class ErrorBar;
class PlainLabel;

class CausesPage : public QWidget
{
    Q_OBJECT
public:
    explicit CausesPage(const PaneContext &context, QWidget *parent = nullptr);

    void setStatement(const ChosenStatement &chosen);
    void setLifetime(bool lifetime); // all since the statistics began, in place of the window's time range
    void leave();
    void look();
    QPushButton *lookButton() const { return m_look; }
    QPushButton *cancelButton() const { return m_cancel; }
    CauseFlow *flow() const { return m_flow; }
    QVector<CauseCard *> cards() const { return m_cards; }

private:
    void clear();
    void show(const Causes &causes);
    void say(const QString &text);
    void setBusy(bool busy);
    void tryIt(const advise::Advice &advice, const QString &loggedValues);
    void draft(const advise::Advice &advice);

    PaneContext m_context;
    std::optional<ChosenStatement> m_chosen;
    CauseFlow *m_flow;
    QPushButton *m_look;
    QPushButton *m_cancel;
    PlainLabel *m_said;
    ErrorBar *m_error;
    QScrollArea *m_area;
    QVector<CauseCard *> m_cards;
    bool m_lifetime = false;
};

} // namespace howdah::ui
