// SPDX-License-Identifier: GPL-3.0-or-later
// The overview's last lines: where health checks are answered and how many, where metrics go and how that goes. One quiet line while neither is on.
// Window's thread.
#pragma once

#include "base/clock.h"
#include "ui/health/healthendpoint.h"
#include "ui/health/healthfeed.h"
#include "ui/widgets/stateword.h"

#include <QFrame>

class QPushButton;

namespace howdah::ui
{

class ElidedLabel;
class PlainLabel;

// What a line says, apart from the widget for tests.
struct HealthLine {
    StateLook look = StateLook::Unknown;
    QString word;    // "Answering"
    QString figures; // "1.20 k answered, 3 refused"
    QString exact;   // for the tooltip
    QString error;   // in words; empty: none
    bool operator==(const HealthLine &) const = default;
};
HealthLine endpointLine(HealthEndpoint::State state, const QString &address, const HealthEndpoint::Counts &counts, bool asksForToken, const Error &error);
HealthLine exportLine(const ExportStanding &standing, qint64 nowMs);

class HealthCard : public QFrame
{
    Q_OBJECT
public:
    // endpoint and feed may be null: no server, or a window without.
    HealthCard(HealthEndpoint *endpoint, HealthFeed *feed, const Clock *clock, QWidget *parent = nullptr);
    void advance(); // each second while shown: ages and counts

signals:
    void settingsWanted();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Row {
        QWidget *whole;
        StateWord *word;
        ElidedLabel *figures;
        ElidedLabel *error;
        HealthLine shown;
    };
    Row makeRow(const char *name, const QString &title, QWidget *beside);
    static void fill(Row &row, const QString &title, const HealthLine &line);

    HealthEndpoint *m_endpoint;
    HealthFeed *m_feed;
    const Clock *m_clock;
    QPushButton *m_address;
    QPushButton *m_copy;
    PlainLabel *m_quiet;
    Row m_http;
    Row m_otlp;
};

} // namespace howdah::ui
