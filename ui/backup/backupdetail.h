// SPDX-License-Identifier: GPL-3.0-or-later
// One backup in full, beside the table: what it builds on, where it begins and ends in WAL, with what it was taken, what lies beside it, what went wrong.
// Window's thread.
#pragma once

#include "ui/backup/backupreading.h"

#include <QScrollArea>

class QFormLayout;
class QVBoxLayout;

namespace howdah::ui
{

class BackupDetail : public QScrollArea
{
    Q_OBJECT
public:
    explicit BackupDetail(QWidget *parent = nullptr);
    void show(const BackupReading &reading, const QString &id, qint64 nowMs); // an id that is not there: nothing is shown
    QString id() const { return m_id; }

signals:
    void copyWanted(const QString &text);
    void folderWanted(const QString &path);
    void idChosen(const QString &id); // of its chain

private:
    void addHead(QVBoxLayout *column, const backup::Backup &backup, const BackupReading &reading);
    void addFacts(QFormLayout *facts, const backup::Backup &backup, const BackupReading &reading, qint64 nowMs);
    void addList(QVBoxLayout *column, const QString &title, const QStringList &lines, const char *role);
    void addPaths(QVBoxLayout *column, const QString &title, const QStringList &paths); // cut in the middle, whole in the tooltip
    void addChain(QVBoxLayout *column, const backup::Backup &backup, const BackupReading &reading);

    QString m_id;
};

} // namespace howdah::ui
