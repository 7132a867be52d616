// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the monitoring dialog that is one profile's: where its server's metrics go by OTLP. Values alone; it asks nobody. Window's thread.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "session/profile.h"
#include "ui/health/healthfeed.h"

#include <QHash>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace howdah::ui
{

class PlainLabel;
class StateWord;

class ExportForm : public QWidget
{
    Q_OBJECT
public:
    ExportForm(const session::Profile &profile, QWidget *parent);

    struct Entered {
        session::OtlpExport otlp;
        Secret header; // typed anew; empty: what is kept stays, or none
    };
    // What is wrong with a field is told at the field, and makes this null.
    std::optional<Entered> entered();
    void setStanding(const ExportStanding &standing, qint64 nowMs);
    bool showError(const Error &error); // at the field that it is about; false where it is about none

private:
    void layOut();
    void add(const char *label, QWidget *field, QLayout *row = nullptr);
    void follow();
    bool headerStays() const; // one is kept, for the endpoint as it is typed
    bool complain(QWidget *field, const QString &text);

    session::Profile m_profile;
    QFormLayout *m_form;
    QComboBox *m_choice;
    StateWord *m_state;
    QLineEdit *m_endpoint;
    QComboBox *m_encoding;
    QSpinBox *m_interval;
    QLineEdit *m_caFile;
    QLineEdit *m_header;
    QPushButton *m_forget;
    bool m_forgotten = false; // the kept header is to go
    QCheckBox *m_names;
    PlainLabel *m_note;
    QHash<QWidget *, PlainLabel *> m_errors;
    QHash<QWidget *, QWidget *> m_rows;
};

} // namespace howdah::ui
