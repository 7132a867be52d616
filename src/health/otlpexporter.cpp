// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/otlpexporter.h"

#include "health/otlpsender.h"

namespace howdah::health
{

using namespace Qt::StringLiterals;

OtlpExporter::OtlpExporter(const OtlpSettings &settings, const QString &stream, QObject *parent)
    : QObject(parent), m_intervalMs(settings.intervalMs)
{
    OtlpResource resource = otlpResource(stream);
    for (auto it = settings.resource.cbegin(); it != settings.resource.cend(); ++it) {
        if (it.key() != "service.instance.id"_L1) // one for all servers, two of them would be one stream with two writers
            resource.insert(it.key(), it.value());
    }
    m_sender = new OtlpSender(settings, resource);
    m_sender->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_sender, &QObject::deleteLater);
    connect(m_sender, &OtlpSender::changed, this, [this](const OtlpState &state) {
        m_state = state;
        emit changed(m_state);
    });
    connect(m_sender, &OtlpSender::flushed, this, &OtlpExporter::flushed);
    m_thread.setObjectName(u"otlp"_s);
    m_thread.start();
}

OtlpExporter::~OtlpExporter()
{
    m_thread.quit();
    m_thread.wait();
}

bool OtlpExporter::isDue() const
{
    return m_offeredMs < 0 || Clock().monotonicMs() - m_offeredMs >= m_intervalMs;
}

void OtlpExporter::offer(const QVector<Series> &series)
{
    m_offeredMs = Clock().monotonicMs();
    QMetaObject::invokeMethod(m_sender, [sender = m_sender, series] { sender->take(series); });
}

void OtlpExporter::flush(int deadlineMs)
{
    QMetaObject::invokeMethod(m_sender, [sender = m_sender, deadlineMs] { sender->flush(deadlineMs); });
}

} // namespace howdah::health
