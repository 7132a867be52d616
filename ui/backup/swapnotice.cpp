// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/swapnotice.h"

#include "base/async.h"
#include "stack/record.h"
#include "ui/backup/swapvalues.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPushButton>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

SwapNotice::SwapNotice(const QString &stack, QWidget *parent) : QFrame(parent), m_stack(stack), m_worker(u"unfinished swaps"_s), m_words(new PlainLabel)
{
    setProperty("card", true);
    setAccessibleName(u"An unfinished swap"_s);
    auto *state = new StateWord;
    state->setState(StateLook::Critical, u"Unfinished swap"_s);
    m_words->setWordWrap(true);
    auto *go = new QPushButton(u"Go on, or take it back"_s);
    setLook(go, "primary");
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::group, space::part, space::group, space::part);
    row->setSpacing(space::group);
    row->addWidget(state, 0, Qt::AlignTop);
    row->addWidget(m_words, 1);
    row->addWidget(go, 0, Qt::AlignTop);
    connect(go, &QPushButton::clicked, this, [this] {
        if (m_swap)
            emit wanted(*m_swap);
    });
    hide();
}

void SwapNotice::look()
{
    if (m_stack.isEmpty())
        return;
    const auto service = [stack = m_stack]() -> Result<std::optional<Swap>> {
        const auto record = stack::readRecord(stack);
        if (!record)
            return fail(record.error());
        if (!record->exists || record->swap.isEmpty())
            return std::optional<Swap>();
        auto swap = readSwap(record->swap);
        return swap ? Result<std::optional<Swap>>(std::optional(*std::move(swap))) : fail(std::move(swap.error()));
    };
    async::onFinished(m_worker.run(service), this, [this](const Result<std::optional<Swap>> &swap) {
        m_swap = swap ? *swap : std::nullopt;
        m_words->setText(!swap ? u"Whether a swap of this stack was left midway is not known: %1"_s.arg(swap.error().text()) : m_swap ? swapTitle(*m_swap) + u". Nobody else starts the stack until then."_s : QString());
        for (QPushButton *button : findChildren<QPushButton *>())
            button->setVisible(m_swap.has_value());
        setVisible(!swap || m_swap);
    });
}

} // namespace howdah::ui
