// SPDX-License-Identifier: GPL-3.0-or-later
// The list of statements of a time, those that cost most first, by any figure; and where there is none, why, and what to do. Window's thread.
#pragma once

#include "base/error.h"
#include "ui/statements/statementrows.h"

#include <QWidget>

class QComboBox;
class QStackedWidget;

namespace howdah::ui
{

class EmptyState;
class KeyedModel;
class KeyedView;
class PlainLabel;

// What there is to say where nothing can be shown.
struct Recording {
    std::optional<Error> trouble; // why nothing is recorded now
    qint64 beganMs = 0;           // when this recording did; 0: not yet
    bool isFollowing = true;      // the time range: it ends now
};

class TopListView : public QWidget
{
    Q_OBJECT
public:
    explicit TopListView(QWidget *parent = nullptr);

    void show(const StatementTable &table, const statements::Filter &filter);
    void setRecording(const Recording &recording);
    bool isLifetime() const; // all that the server counts, not the time range
    void setLifetime(bool lifetime);
    bool tellsTrouble() const; // nothing can be shown, and what to do stands in its place
    KeyedView *view() const { return m_view; }
    QComboBox *order() const { return m_order; }

signals:
    void lifetimeChanged(bool lifetime);
    void keyChosen(const QString &key); // by the keys, or clicked
    void readingWanted();               // of the server, at once
    void filterUnwanted();

private:
    enum class Offer { None, Lifetime, CopyStatements, Read, ClearFilter };

    void orderBy(int index);
    void learnOrder(int column, Qt::SortOrder order);
    void tellWhyEmpty(bool filtered);
    void tellNote();
    void tell(const QString &note);
    void take(Offer offer);

    KeyedModel *m_model;
    KeyedView *m_view;
    QComboBox *m_order;
    QComboBox *m_time;
    PlainLabel *m_note;
    EmptyState *m_empty;
    QStackedWidget *m_stack;
    StatementTable m_table;
    statements::Filter m_filter;
    Recording m_recording;
    Offer m_first = Offer::None;
    Offer m_second = Offer::None;
    bool m_filling = false; // rows that go and come choose nothing
};

} // namespace howdah::ui
