// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/choosefile.h"

#include "ui/widgets/dialogs.h"

#include <QApplication>
#include <QFileDialog>

namespace howdah::ui
{

void chooseFile(QWidget *parent, const FileQuestion &question, QObject *context, std::function<void(const QString &)> chosen)
{
    if (qApp->findChild<DialogAnswers *>(QString(), Qt::FindDirectChildrenOnly)) {
        Question asked;
        asked.title = question.title;
        asked.text = question.proposal;
        asked.field = QStringLiteral("File");
        asked.verb = question.verb;
        return ask(parent, asked, context, [chosen = std::move(chosen)](const Answer &answer) {
            if (answer.accepted && !answer.text.isEmpty())
                chosen(answer.text);
        });
    }
    auto *dialog = new QFileDialog(parent, question.title, question.proposal, question.filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(question.save ? QFileDialog::AcceptSave : QFileDialog::AcceptOpen);
    dialog->setFileMode(question.folder ? QFileDialog::Directory : question.save ? QFileDialog::AnyFile : QFileDialog::ExistingFile);
    QObject::connect(dialog, &QFileDialog::fileSelected, context, [chosen = std::move(chosen)](const QString &path) {
        if (!path.isEmpty())
            chosen(path);
    });
    dialog->open();
}

} // namespace howdah::ui
