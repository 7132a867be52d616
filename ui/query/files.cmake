# SPDX-License-Identifier: GPL-3.0-or-later
# The editor is QScintilla's; Debian's package has neither a pkg-config nor a CMake file.
find_path(QSCINTILLA_INCLUDE Qsci/qsciscintilla.h PATH_SUFFIXES qt6 x86_64-linux-gnu/qt6 HINTS ${Qt6Core_INCLUDE_DIRS} REQUIRED)
find_library(QSCINTILLA_LIBRARY NAMES qscintilla2_qt6 REQUIRED)
target_include_directories(howdah_ui SYSTEM PRIVATE ${QSCINTILLA_INCLUDE})
target_link_libraries(howdah_ui PRIVATE ${QSCINTILLA_LIBRARY})
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/editor.cpp ${CMAKE_CURRENT_LIST_DIR}/editor.h
  ${CMAKE_CURRENT_LIST_DIR}/editorlexer.cpp ${CMAKE_CURRENT_LIST_DIR}/editorlexer.h
  ${CMAKE_CURRENT_LIST_DIR}/editorwords.cpp ${CMAKE_CURRENT_LIST_DIR}/editorwords.h)
