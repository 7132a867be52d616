// SPDX-License-Identifier: GPL-3.0-or-later
// The stack's facts as names and values, in a card; what is not known says so. Window's thread.
#pragma once

#include "stack/stack.h"
#include "ui/widgets/stateword.h"

#include <QFrame>

namespace howdah::ui
{

StateLook stackLook(stack::StackState state);

class ElidedLabel;
class PlainLabel;

class StackFacts : public QFrame
{
    Q_OBJECT
public:
    explicit StackFacts(QWidget *parent = nullptr);
    void setStatus(const stack::StackStatus &status);

private:
    ElidedLabel *m_backend;
    ElidedLabel *m_version;
    ElidedLabel *m_listen;
    ElidedLabel *m_image;
    ElidedLabel *m_archive;
    ElidedLabel *m_ca;
    PlainLabel *m_reason;
};

} // namespace howdah::ui
