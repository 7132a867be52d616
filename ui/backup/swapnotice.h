// SPDX-License-Identifier: GPL-3.0-or-later
// On the Backups pane: a swap of this stack's data that somebody left midway, which is to be gone on with or taken back before anything else. Hidden where there
// is none. Window's thread; the records are read on another.
#pragma once

#include "backup/swap.h"
#include "base/worker.h"
#include "ui/widgets/label.h"

#include <QFrame>

namespace howdah::ui
{

class SwapNotice : public QFrame
{
    Q_OBJECT
public:
    explicit SwapNotice(const QString &stack, QWidget *parent = nullptr);
    void look(); // now

signals:
    void wanted(const howdah::backup::Swap &swap);

private:
    const QString m_stack;
    Worker m_worker;
    PlainLabel *m_words;
    std::optional<backup::Swap> m_swap;
};

} // namespace howdah::ui
