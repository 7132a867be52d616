// SPDX-License-Identifier: GPL-3.0-or-later
// The overview's first line: is the server well. A word with a shape, the first finding, the age of the answer; Details opens the lists.
// Unknown is grey and says why: never green because nothing was heard. Window's thread.
#pragma once

#include "base/error.h"
#include "health/health.h"
#include "ui/widgets/stateword.h"

#include <QFrame>

#include <optional>

class QPushButton;
class QScrollArea;

namespace howdah::ui
{

class ElidedLabel;
class PlainLabel;

// What the strip says of a report, apart from the widget for tests.
struct HealthWords {
    StateLook look = StateLook::Unknown;
    QString verdict; // "2 warnings"
    QString finding; // the first of them, or what is known
    int attention = 0;
};
HealthWords healthWords(const health::Report &report);

class HealthStrip : public QFrame
{
    Q_OBJECT
public:
    explicit HealthStrip(QWidget *parent = nullptr);

    void setReport(const health::Report &report);
    void setUnknown(const QString &why); // "no answer for 12 s"
    void setAge(const QString &text);    // "4 s ago"
    HealthWords words() const { return m_words; }
    void setDetailsOpen(bool open);

signals:
    void detailsToggled(bool open);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void show(const HealthWords &words);

    HealthWords m_words;
    StateWord *m_verdict;
    ElidedLabel *m_finding;
    PlainLabel *m_age;
    QPushButton *m_details;
};

// The side panel: errors, warnings, what this role may not ask (with the GRANT), and the figures behind them.
class HealthDetails : public QFrame
{
    Q_OBJECT
public:
    explicit HealthDetails(QWidget *parent = nullptr);
    void setReport(const health::Report &report);

signals:
    void closed();

private:
    QScrollArea *m_scroll;
    PlainLabel *m_source;
    std::optional<QJsonObject> m_shown;
};

} // namespace howdah::ui
