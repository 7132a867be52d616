// SPDX-License-Identifier: GPL-3.0-or-later
// A file to make the precompiled header with.
