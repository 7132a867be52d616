// SPDX-License-Identifier: GPL-3.0-or-later
// One cause of a statement's time, as a card: what it is and of what, what shows it, what would mend it, what that costs, and the statements for it, to be
// copied, tried or drafted as a migration. Window's thread.
#pragma once

#include "advise/advice.h"

#include <QFrame>

class QVBoxLayout;

namespace howdah::ui
{

class CauseCard : public QFrame
{
    Q_OBJECT
public:
    // `list`: in which it was seen, for its share of the whole.
    CauseCard(const advise::Advice &advice, const statements::TopList &list, QWidget *parent = nullptr);
    const advise::Advice &advice() const { return m_advice; }

signals:
    void tryWanted();   // only of one with statements
    void draftWanted(); // likewise

private:
    void addStatements(QVBoxLayout *column);

    advise::Advice m_advice;
};

QString causeText(const QString &kind);   // "Missing index"
QString stakeWords(const advise::Advice &advice, const statements::TopList &list); // "1.2 s of its time, 40 % of what all statements took"
QString sourceWords(advise::Source source); // "seen in plans that ran and were measured"

} // namespace howdah::ui
