// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/writing.h"

#include "base/async.h"
#include "migrations/fromdiff.h"
#include "ui/migrations/comparedialog.h"
#include "ui/migrations/migrationview.h"
#include "ui/migrations/newdialog.h"
#include "ui/migrations/projectfiles.h"
#include "ui/migrations/questions.h"

#include <QFileInfo>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

static QString versionOf(const QString &path)
{
    return QFileInfo(path).fileName().section(u'_', 0, 0);
}

Writing::Writing(const PaneContext &context, ProjectSource *source, CompareFlow *compares, MigrationView *view, QWidget *window)
    : QObject(window), m_context(context), m_source(source), m_compares(compares), m_view(view), m_window(window)
{
    connect(view, &MigrationView::saveWanted, this, [this] { save(); });
}

void Writing::leave(std::function<void()> then)
{
    if (!m_view->isDirty())
        return then();
    const QString name = m_view->file() ? m_view->file()->name : m_view->version();
    askToSave(m_window, name, m_view->isAdrift(), this, [this, then = std::move(then)](bool wanted) {
        if (wanted)
            return save(then);
        emit stays();
    });
}

void Writing::save(std::function<void()> then)
{
    if (!m_view->isDirty()) {
        if (then)
            then();
        return;
    }
    if (m_view->isAdrift() || !m_view->file())
        return saveAsNew(std::move(then));
    const QByteArray text = m_view->text();
    const auto write = [folder = m_project.folder, file = *m_view->file(), text] { return writeText(folder, file, text); };
    async::onFinished(m_source->worker().run(write), this, [this, text, then = std::move(then)](const Done &saved) {
        if (!saved)
            return emit failed(u"The file could not be written"_s, saved.error());
        m_view->saved(text);
        m_source->readNow();
        if (then)
            then();
    });
}

void Writing::saveAsNew(std::function<void()> then)
{
    const QByteArray text = m_view->text();
    const QString title = m_view->file() ? m_view->file()->title() : QString();
    const auto write = [folder = m_source->options().folder, title, text, at = m_context.clock->wallMs()] { return makeFileOf(folder, title, text, at); };
    async::onFinished(m_source->worker().run(write), this, [this, text, then = std::move(then)](const Result<QString> &path) {
        if (!path)
            return emit failed(u"The new file could not be made"_s, path.error());
        m_view->saved(text);
        if (!then)
            emit made(versionOf(*path));
        m_source->readNow();
        if (then)
            then();
    });
}

void Writing::make()
{
    auto *dialog = new NewDialog(m_source->options().folder, m_window);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { // while it is still there
        create([folder = m_source->options().folder, name = dialog->name(), purpose = dialog->purpose(), at = m_context.clock->wallMs()] { return makeFile(folder, name, purpose, at); });
    });
    connect(dialog, &NewDialog::compareWanted, this, [this, dialog] {
        auto *compare = new CompareDialog(m_compares, m_project, m_source->options(), dialog->name(), dialog->purpose(), m_window);
        connect(compare, &CompareDialog::writeWanted, this, [this](const Generated &generated, const QString &purpose) {
            create([folder = m_source->options().folder, generated, purpose, at = m_context.clock->wallMs()]() -> Result<QString> {
                const auto paths = writeGenerated(folder, generated, purpose, at);
                return paths ? Result<QString>(paths->value(0)) : fail(paths.error());
            });
        });
        compare->open();
    });
    dialog->open();
}

// The file that was made first is shown, as soon as it was read.
void Writing::create(std::function<Result<QString>()> write)
{
    async::onFinished(m_source->worker().run(std::move(write)), this, [this](const Result<QString> &path) {
        if (!path)
            return emit failed(u"The file could not be made"_s, path.error());
        leave([this, version = versionOf(*path)] {
            emit made(version);
            m_source->readNow();
        });
    });
}

} // namespace howdah::ui
