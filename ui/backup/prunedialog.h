// SPDX-License-Identifier: GPL-3.0-or-later
// Which old backups go: shown while it is chosen, each with the reason it goes or stays. Nothing is removed here. Window's thread.
#pragma once

#include "backup/prune.h"

#include <QDialog>

class QCheckBox;
class QPushButton;
class QSpinBox;

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class PlainLabel;

class PruneDialog : public QDialog
{
    Q_OBJECT
public:
    // `hasArchive`: WAL lies in the same place, and can go with what needed it.
    PruneDialog(const backup::Catalogue &catalogue, const QString &systemIdentifier, bool hasArchive, qint64 nowMs, QWidget *parent = nullptr);

    backup::Retention retention() const;
    bool wal() const;
    QSpinBox *fullsField() const { return m_fulls; }
    QSpinBox *daysField() const { return m_days; }
    QPushButton *removeButton() const { return m_remove; }
    KeyedModel *items() const { return m_items; }

private:
    void showPlan();

    backup::Catalogue m_catalogue;
    QString m_systemIdentifier;
    qint64 m_nowMs;
    QSpinBox *m_fulls;
    QSpinBox *m_days;
    QCheckBox *m_wal;
    KeyedModel *m_items;
    KeyedView *m_view;
    PlainLabel *m_words;
    QPushButton *m_remove;
};

} // namespace howdah::ui
