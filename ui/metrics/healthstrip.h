// SPDX-License-Identifier: GPL-3.0-or-later
// The overview's first line: is the server well. A word with a shape, the first finding, the age of the answer; Details opens the lists.
// Unknown is grey and says why: never green because nothing was heard. Window's thread.
#pragma once

#include "base/error.h"
#include "health/health.h"
#include "ui/widgets/stateword.h"

#include <QFrame>
#include <QHash>

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
    // Beside the server's health: whether it could be brought back. An empty word: nobody has asked.
    void setRestores(StateLook look, const QString &word, const QString &tip);
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
    StateWord *m_restores;
    ElidedLabel *m_finding;
    PlainLabel *m_age;
    QPushButton *m_details;
};

// The side panel: errors, warnings, what this role may not ask (with the GRANT), and the figures behind them. While health is not known the
// last report stays, grey, under the reason and its age. Built only while it is seen; new figures of the same names keep scroll and selection.
class HealthDetails : public QFrame
{
    Q_OBJECT
public:
    explicit HealthDetails(QWidget *parent = nullptr);
    void setReport(const health::Report &report);
    void setUnknown(const QString &why);
    void setAge(const QString &text); // of the last report: "4 s ago"

signals:
    void closed();

protected:
    void showEvent(QShowEvent *event) override;

private:
    // What needs other widgets when it changes; the figures' values do not.
    struct Shape {
        QStringList errors, warnings, notPermitted, figures;
        bool stale = false;
        bool operator==(const Shape &) const = default;
    };
    void showAll();
    void build(const Shape &shape);

    QScrollArea *m_scroll;
    StateWord *m_unknown;
    PlainLabel *m_why;
    PlainLabel *m_source;
    std::optional<health::Report> m_report;
    QString m_whyText = QStringLiteral("not asked yet"); // empty: known
    QString m_age;
    std::optional<Shape> m_shown;
    QHash<QString, PlainLabel *> m_values; // by the figure's path
};

} // namespace howdah::ui
