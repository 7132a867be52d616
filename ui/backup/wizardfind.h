// SPDX-License-Identifier: GPL-3.0-or-later
// Find the transaction: which relation, which kind of change, when; then those that WAL tells of, and whether the moment is just before one or just after
// it. Window's thread.
#pragma once

#include "ui/backup/wizardflow.h"

class QButtonGroup;
class QComboBox;
class QLineEdit;
class QPushButton;

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class PlainLabel;

class WizardFind : public QWidget
{
    Q_OBJECT
public:
    explicit WizardFind(WizardFlow *flow, QWidget *parent = nullptr);
    void show(const Found &found);
    void setSearching(bool searching);
    KeyedView *table() const { return m_table; }

signals:
    void picked(const howdah::backup::PitrTarget &target, const QString &origin);
    void refused(const QString &what, const howdah::Error &error);

private:
    void search();
    void pick();

    WizardFlow *m_flow;
    QLineEdit *m_relation;
    QComboBox *m_kind;
    QComboBox *m_since;
    QComboBox *m_branch; // where several reach on
    QPushButton *m_search;
    KeyedModel *m_model;
    KeyedView *m_table;
    PlainLabel *m_told;
    QButtonGroup *m_side;
    Found m_found;
    qint64 m_branchesMs = -1; // of the reading whose branches are listed
};

} // namespace howdah::ui
