// SPDX-License-Identifier: GPL-3.0-or-later
// What a person writes in the pane, and the files that it becomes: saved, asked about before another text takes its place, made anew. Nothing that was typed
// is given up unasked; what has lost its file becomes a new one. Window's thread; the writing of files is not.
#pragma once

#include "ui/migrations/compareflow.h"

namespace howdah::ui
{

class MigrationView;

class Writing : public QObject
{
    Q_OBJECT
public:
    // `view` and `window` outlive it; questions are asked above `window`.
    Writing(const PaneContext &context, ProjectSource *source, CompareFlow *compares, MigrationView *view, QWidget *window);

    void setProject(const Project &project) { m_project = project; } // as it was read last
    // Then, once the text in the editor is saved; not at all where that is declined or fails.
    void leave(std::function<void()> then);
    void save(std::function<void()> then = {});
    void make(); // asks for a name and a purpose, or works it out from a database

signals:
    void stays();                       // at the text that is shown
    void made(const QString &version);  // to be shown as soon as it is read
    void failed(const QString &what, const howdah::Error &error);

private:
    void create(std::function<Result<QString>()> write);
    void saveAsNew(std::function<void()> then);

    PaneContext m_context;
    ProjectSource *m_source;
    CompareFlow *m_compares;
    MigrationView *m_view;
    QWidget *m_window;
    Project m_project;
};

} // namespace howdah::ui
