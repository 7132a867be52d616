// SPDX-License-Identifier: GPL-3.0-or-later
// The statements of a text that is being written: split after it came to rest, a big one off the window's thread. Window's thread.
#pragma once

#include "base/worker.h"
#include "query/splitter.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <memory>

namespace howdah::ui
{

using Pieces = std::shared_ptr<const std::vector<query::Piece>>;

class Statements : public QObject
{
    Q_OBJECT
public:
    // `text` is asked when it is needed. `worker` outlives this.
    Statements(std::function<QByteArray()> text, Worker *worker, QObject *parent = nullptr);
    void textChanged(qsizetype size); // at each change
    void setStandardStrings(bool on, qsizetype size); // the session's standard_conforming_strings: where a string ends
    Pieces pieces() const { return m_pieces; } // of the last split; null before the first and while the text has changed since
    // Now, or as soon as the text as it is now was split; not at all once this is gone.
    void whenSplit(std::function<void(const QByteArray &text, const Pieces &pieces)> then);

signals:
    void changed();

private:
    void split();

    std::function<QByteArray()> m_text;
    Worker *m_worker;
    Pieces m_pieces;
    quint64 m_version = 0;
    bool m_standardStrings = true;
    QTimer m_rest;
};

} // namespace howdah::ui
