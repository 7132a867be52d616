// SPDX-License-Identifier: GPL-3.0-or-later
// The pane's lock previews: of which text each was, so that one of an older text is never shown as that of what is written now. Window's thread.
#pragma once

#include "ui/migrations/previewflow.h"

namespace howdah::ui
{

class LockPreviewView;
class MigrationView;

class LockPreviews : public QObject
{
    Q_OBJECT
public:
    // `source` and `text` outlive it. Its view is owned by whoever gives it a place.
    LockPreviews(const PaneContext &context, ProjectSource *source, MigrationView *text, QObject *parent);

    LockPreviewView *view() const { return m_view; }
    void setProject(const Project &project); // as it was read last
    void show();    // what is known of the text as it is written now
    void preview(); // tries it, saved or not
    void forget();  // the settings are others: what was seen, and what runs

private:
    struct Seen {
        QByteArray hash;
        Result<migrations::Preview> preview;
    };
    QByteArray hash() const;

    ProjectSource *m_source;
    MigrationView *m_text;
    LockPreviewView *m_view;
    PreviewFlow *m_flow;
    Project m_project;
    QHash<QString, Seen> m_seen; // by version
};

} // namespace howdah::ui
