// SPDX-License-Identifier: GPL-3.0-or-later
// A new migration: what it does, and what it is for. Window's thread.
#pragma once

#include <QDialog>

class QLineEdit;
class QPushButton;

namespace howdah::ui
{

class NewDialog : public QDialog
{
    Q_OBJECT
public:
    explicit NewDialog(const QString &folder, QWidget *parent = nullptr);

    QString name() const;
    QString purpose() const;
    QLineEdit *nameField() const { return m_name; }
    QLineEdit *purposeField() const { return m_purpose; }
    QPushButton *createButton() const { return m_create; }
    QPushButton *compareButton() const { return m_compare; }

signals:
    void compareWanted(); // from what was changed by hand; the dialog has closed then

private:
    QLineEdit *m_name;
    QLineEdit *m_purpose;
    QPushButton *m_create;
    QPushButton *m_compare;
};

} // namespace howdah::ui
