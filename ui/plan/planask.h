// SPDX-License-Identifier: GPL-3.0-or-later
// What a plan is wanted of: a pasted one, or a statement with its database, its search_path, the values of its parameters, and whether it is run.
// It asks nobody itself. Window's thread.
#pragma once

#include "explain/explain.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;

namespace howdah::ui
{

class ParameterForm;
class PlainLabel;

class PlanAsk : public QWidget
{
    Q_OBJECT
public:
    enum Mode { Pasted, Statement };

    // `mayAsk`: there is a server.
    explicit PlanAsk(bool mayAsk, QWidget *parent = nullptr);

    void setMode(Mode mode);
    Mode mode() const { return m_mode; }
    void setStatementOnly(); // of a statement that is chosen elsewhere: nothing is pasted, and its text is not changed
    void setStatement(const QString &text, const QString &database, const QStringList &searchPath = {});
    QString statement() const;
    QString database() const;
    void setDatabases(const QStringList &names);
    void setBusy(bool busy);

    void showParameters(const QVector<explain::Parameter> &parameters, const QString &reason, bool wanted); // wanted: there is no plan without them
    explain::Request request() const;
    void go();

    QPlainTextEdit *pastedText() const { return m_pasted; }
    QPlainTextEdit *statementText() const { return m_text; }
    ParameterForm *parameters() const { return m_parameters; }
    QCheckBox *analyze() const { return m_analyze; }
    QCheckBox *generic() const { return m_generic; }
    QCheckBox *askServer() const { return m_askServer; }
    QPushButton *goButton() const { return m_go; }
    QPushButton *cancelButton() const { return m_cancel; }
    QPushButton *modeButton(Mode mode) const { return m_modes[mode]; }

signals:
    void readWanted(const QString &text, bool askServer);
    void explainWanted(const howdah::explain::Request &request);
    void cancelWanted();

private:
    QWidget *pastedPage();
    QWidget *statementPage();
    void updateButtons();

    bool m_mayAsk;
    bool m_busy = false;
    Mode m_mode = Pasted;
    QString m_seenText; // of the statement, as it was last
    QPushButton *m_modes[2];
    QStackedWidget *m_pages;
    QPlainTextEdit *m_pasted;
    QPlainTextEdit *m_text;
    QCheckBox *m_askServer;
    QComboBox *m_database;
    QLineEdit *m_searchPath;
    QCheckBox *m_analyze;
    QCheckBox *m_generic;
    ParameterForm *m_parameters;
    PlainLabel *m_reason;
    QPushButton *m_go;
    QPushButton *m_cancel;
};

} // namespace howdah::ui
