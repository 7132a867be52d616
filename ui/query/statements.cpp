// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/statements.h"

#include "base/async.h"

namespace howdah::ui
{

namespace
{
constexpr int restMs = 80;
constexpr int bigRestMs = 400;
constexpr qsizetype big = 128 * 1024; // split in well under a frame below that

Pieces splitNow(const QByteArray &text, bool standardStrings)
{
    return std::make_shared<const std::vector<query::Piece>>(query::split(text, standardStrings));
}
}

Statements::Statements(std::function<QByteArray()> text, Worker *worker, QObject *parent)
    : QObject(parent), m_text(std::move(text)), m_worker(worker)
{
    m_rest.setSingleShot(true);
    connect(&m_rest, &QTimer::timeout, this, &Statements::split);
}

void Statements::textChanged(qsizetype size)
{
    ++m_version;
    m_pieces.reset();
    m_rest.start(size > big ? bigRestMs : restMs);
}

void Statements::setStandardStrings(bool on, qsizetype size)
{
    if (std::exchange(m_standardStrings, on) != on)
        textChanged(size);
}

void Statements::split()
{
    whenSplit([this](const QByteArray &, const Pieces &) { emit changed(); });
}

void Statements::whenSplit(std::function<void(const QByteArray &, const Pieces &)> then)
{
    const QByteArray text = m_text();
    if (m_pieces)
        return then(text, m_pieces);
    if (text.size() <= big) {
        m_pieces = splitNow(text, m_standardStrings);
        return then(text, m_pieces);
    }
    const auto answer = m_worker->run([text, standard = m_standardStrings]() -> Result<Pieces> { return splitNow(text, standard); });
    async::onFinished(answer, this, [this, text, version = m_version, standard = m_standardStrings, then = std::move(then)](const Result<Pieces> &pieces) {
        if (!pieces)
            return;
        if (standard != m_standardStrings) // its strings end elsewhere by now
            return whenSplit(then);
        if (version == m_version)
            m_pieces = *pieces;
        then(text, *pieces);
    });
}

} // namespace howdah::ui
