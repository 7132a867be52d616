// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/completer.h"

#include "ui/query/editor.h"

namespace howdah::ui
{

CatalogWords::CatalogWords(const PaneContext &context, QObject *parent) : QObject(parent), m_context(context) {}

void CatalogWords::read() {}

Completer::Completer(SqlEditor *editor, CatalogWords *words, QObject *parent) : QObject(parent), m_editor(editor), m_words(words) {}

} // namespace howdah::ui
