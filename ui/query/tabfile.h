// SPDX-License-Identifier: GPL-3.0-or-later
// The file behind a tab: read, saved whole or not at all, and watched for another program's writing. On a worker; answers on the window's
// thread. Errors: Io/open_failed, Io/too_large, Client/not_utf8, Io (of saveFile).
#pragma once

#include "base/worker.h"

#include <QByteArray>
#include <QDateTime>
#include <QObject>
#include <QTimer>

#include <functional>

namespace howdah::ui
{

class TabFile : public QObject
{
    Q_OBJECT
public:
    TabFile(Worker *worker, QObject *parent = nullptr);

    QString path() const { return m_path; }
    void adopt(const QString &path); // a restored tab's: what is on disk now is what it is held against
    void read(const QString &path, std::function<void(const Result<QByteArray> &)> answer);
    void save(const QString &path, const QByteArray &text, std::function<void(const Done &)> answer);
    void watch(bool on); // only the tab that is seen is looked after

signals:
    void changedOnDisk(bool gone); // once a change

private:
    struct Stamp {
        bool exists = false;
        qint64 size = 0;
        QDateTime modified;
        bool operator==(const Stamp &) const = default;
    };
    static Stamp stampOf(const QString &path);
    void look();

    Worker *m_worker;
    QString m_path;
    Stamp m_stamp;
    bool m_known = false;
    bool m_busy = false;
    QTimer m_timer;
};

} // namespace howdah::ui
