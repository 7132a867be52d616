// SPDX-License-Identifier: GPL-3.0-or-later
// Which process of which machine made something that others see too: a container of a daemon, an unfinished backup, a turn in a repository. What it left may go
// once it is provably gone; of another machine nothing is proven here. Blocking a moment (/proc); any thread.
#pragma once

#include <QJsonObject>
#include <QString>

namespace howdah::backup
{

struct Owner {
    QString host;          // for people: two machines may have one name
    QString machine;       // a hash of its id; empty: it has none
    QString boot;          // of its kernel
    QString space;         // of its process numbers: a container's are its own
    qint64 process = 0;    // 0: not understood
    qint64 startTicks = 0; // so that its number's next bearer is not taken for it

    enum class State { Lives, Gone, Unknown };
    State state() const; // seen from this process

    static Owner ourselves();
    static Owner fromJson(const QJsonObject &json);
    QJsonObject toJson() const;
    // For a label: "machine:boot:space:process:ticks:host".
    static Owner fromLabel(const QString &label);
    QString label() const;
};

} // namespace howdah::backup
