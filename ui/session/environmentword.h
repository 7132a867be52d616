// SPDX-License-Identifier: GPL-3.0-or-later
// PRODUCTION in its coloured block: the word, not the colour alone. Window's thread.
#pragma once

#include "session/profile.h"
#include "ui/widgets/label.h"

namespace howdah::ui
{

class EnvironmentWord : public PlainLabel
{
    Q_OBJECT
public:
    explicit EnvironmentWord(session::Environment environment, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    session::Environment m_environment;
};

} // namespace howdah::ui
