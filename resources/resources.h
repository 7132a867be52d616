// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace howdah
{

// Registers what is compiled into this library: a linker drops a static library's own start-up code. Any thread, once.
void initResources();

} // namespace howdah
