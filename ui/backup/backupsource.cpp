// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/backupsource.h"

#include "backup/schedulekeeping.h"
#include "base/async.h"
#include "ui/backup/standseams.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int periodMs = 60'000;
constexpr int tellMs = 100; // progress, at most so often

// What a reading tells, brought to the window's thread; it outlives the pane where the reading does.
class News : public QObject
{
public:
    std::function<void(const BackupReading &)> listed;
    std::function<void(const ProgressStep &)> progressed;
};

} // namespace

BackupSource::BackupSource(const PaneContext &context, QObject *parent) : QObject(parent), m_context(context), m_worker(u"backups"_s)
{
    m_timer.setInterval(periodMs);
    connect(&m_timer, &QTimer::timeout, this, [this] { readNow(); });
}

BackupSource::~BackupSource()
{
    m_cancel.cancel();
}

void BackupSource::setChoice(const backup::StandChoice &choice)
{
    m_choice = choice;
    m_cancel.cancel(); // of another place nobody wants to know any more
    m_cancel = CancelToken();
    ++m_number;
    m_reading = false;
    readNow();
}

void BackupSource::setShown(bool shown)
{
    if (!shown)
        return m_timer.stop();
    m_timer.start();
    readNow();
}

void BackupSource::readNow()
{
    if (!hasPlace() || !m_context.tools) // no tools: a window without a machine under it (tests)
        return;
    if (m_reading) {
        m_again = true;
        return;
    }
    begin();
}

void BackupSource::begin()
{
    m_reading = true;
    m_again = false;
    const quint64 number = ++m_number;
    emit began();
    BackupQuestion question;
    question.choice = m_choice;
    question.seams = makeStandSeams(m_context, m_cancel);
    question.nowMs = m_context.clock->wallMs();
    if (!m_context.store) {
        question.scheduleWhy = u"there is no store"_s;
        return readWith(std::move(question), number);
    }
    // What is scheduled first: the readiness judges it too.
    const auto service = [question, id = m_choice.profile.id](store::Store &store) mutable -> Result<BackupQuestion> {
        const auto schedule = backup::keptSchedule(store, id);
        const auto runs = backup::keptRuns(store, id);
        if (schedule && runs) {
            question.schedule = *schedule;
            question.runs = *runs;
        } else {
            question.scheduleWhy = schedule ? runs.error().text() : schedule.error().text();
        }
        return question;
    };
    async::onFinished(m_context.store->run(service), this, [this, question, number](const Result<BackupQuestion> &asked) {
        if (number != m_number)
            return;
        BackupQuestion known = asked.value_or(question);
        if (!asked)
            known.scheduleWhy = asked.error().text();
        readWith(std::move(known), number);
    });
}

void BackupSource::readWith(BackupQuestion question, quint64 number)
{
    const QPointer<BackupSource> self(this);
    const auto news = std::shared_ptr<News>(new News, [](News *gone) { gone->deleteLater(); });
    const auto isOurs = [self, number] { return self && self->m_number == number; };
    news->listed = [self, isOurs](const BackupReading &reading) {
        if (isOurs())
            emit self->listed(reading);
    };
    news->progressed = [self, isOurs](const ProgressStep &step) {
        if (isOurs())
            emit self->progressed(step);
    };
    const auto service = [news, question = std::move(question), clock = m_context.clock, cancel = m_cancel] {
        const auto listed = [news](const BackupReading &reading) { QMetaObject::invokeMethod(news.get(), [news, reading] { news->listed(reading); }, Qt::QueuedConnection); };
        const auto last = std::make_shared<qint64>(0);
        const Progress progress = [news, clock, last](const ProgressStep &step) {
            if (const qint64 now = clock->monotonicMs(); now - *last >= tellMs) {
                *last = now;
                QMetaObject::invokeMethod(news.get(), [news, step] { news->progressed(step); }, Qt::QueuedConnection);
            }
        };
        return readBackups(question, listed, progress, cancel);
    };
    async::onFinished(m_worker.run(service), this, [this, number](const Result<BackupReading> &reading) {
        if (number != m_number)
            return;
        m_reading = false;
        if (reading)
            emit read(*reading);
        else if (reading.error().kind != ErrorKind::Cancelled)
            emit failed(reading.error());
        if (m_again)
            begin();
    });
}

} // namespace howdah::ui
