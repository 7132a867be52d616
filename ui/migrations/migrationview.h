// SPDX-License-Identifier: GPL-3.0-or-later
// One migration: what it is for and how it stands, its text (written here while it is pending; as it was run once it is applied), and beside it what the
// linter says and what a sandbox has seen. Window's thread.
#pragma once

#include "ui/migrations/projectsource.h"

#include <QTimer>

class QPushButton;
class QSplitter;
class QTabWidget;

namespace howdah::ui
{

class FindingsView;
class PlainLabel;
class SqlEditor;
class StateWord;

class MigrationView : public QWidget
{
    Q_OBJECT
public:
    explicit MigrationView(QWidget *parent = nullptr);

    // Another version: its text takes the place of the one before, which isDirty() should have been asked of.
    void show(const Project &project, const QString &version);
    // Read again: the text that is written stays, whatever has become of its file, and that is told.
    void update(const Project &project);
    QString version() const { return m_version; }
    bool isDirty() const { return m_dirty; }
    // Written, and can't be saved where it came from: the file has gone, or was applied by somebody else.
    bool isAdrift() const;
    const std::optional<migrations::File> &file() const { return m_known; } // as it was last seen; nullopt: nobody has its text
    QByteArray text() const;
    QByteArray textHash() const; // tells one text from another
    void saved(const QByteArray &text); // it lies in the file now
    void showLine(int line);
    void setOtherTab(QWidget *widget, const QString &title); // beside the findings
    void showTab(QWidget *widget);

    SqlEditor *editor() const { return m_editor; }
    FindingsView *findings() const { return m_findings; }
    QPushButton *saveButton() const { return m_save; }

signals:
    void saveWanted();
    void dirtyChanged(bool dirty);
    void looked(); // at what is written now

private:
    void showHead();
    void lintNow();
    void applyFix(const migrations::Finding &finding);
    void waive(const migrations::Finding &finding);
    void rewrite(const QByteArray &text); // one step to undo
    void showSave();
    bool mayEdit() const;

    Project m_project;
    QString m_version;
    std::optional<migrations::File> m_known;
    QByteArray m_onDisk; // as it was when it was shown or saved
    bool m_dirty = false;
    bool m_behind = false; // what was read last is not what is shown
    bool m_loading = false;
    std::optional<migrations::File> m_file; // as it is written now; nullopt: it can't be read as one
    QList<migrations::Finding> m_found;
    QTimer m_lint;

    PlainLabel *m_title;
    StateWord *m_state;
    PlainLabel *m_purpose;
    PlainLabel *m_note;
    QPushButton *m_save;
    SqlEditor *m_editor;
    QSplitter *m_split;
    QTabWidget *m_tabs;
    FindingsView *m_findings;
};

} // namespace howdah::ui
