# SPDX-License-Identifier: GPL-3.0-or-later
# The editor is QScintilla's; Debian's package has neither a pkg-config nor a CMake file.
find_path(QSCINTILLA_INCLUDE Qsci/qsciscintilla.h PATH_SUFFIXES qt6 x86_64-linux-gnu/qt6 HINTS ${Qt6Core_INCLUDE_DIRS} REQUIRED)
find_library(QSCINTILLA_LIBRARY NAMES qscintilla2_qt6 REQUIRED)
target_include_directories(howdah_ui SYSTEM PRIVATE ${QSCINTILLA_INCLUDE})
target_link_libraries(howdah_ui PRIVATE ${QSCINTILLA_LIBRARY})
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/choosefile.cpp ${CMAKE_CURRENT_LIST_DIR}/choosefile.h
  ${CMAKE_CURRENT_LIST_DIR}/completer.cpp ${CMAKE_CURRENT_LIST_DIR}/completer.h
  ${CMAKE_CURRENT_LIST_DIR}/draftkeeper.cpp ${CMAKE_CURRENT_LIST_DIR}/draftkeeper.h
  ${CMAKE_CURRENT_LIST_DIR}/editor.cpp ${CMAKE_CURRENT_LIST_DIR}/editor.h
  ${CMAKE_CURRENT_LIST_DIR}/editorlexer.cpp ${CMAKE_CURRENT_LIST_DIR}/editorlexer.h
  ${CMAKE_CURRENT_LIST_DIR}/editorwords.cpp ${CMAKE_CURRENT_LIST_DIR}/editorwords.h
  ${CMAKE_CURRENT_LIST_DIR}/findbar.cpp ${CMAKE_CURRENT_LIST_DIR}/findbar.h
  ${CMAKE_CURRENT_LIST_DIR}/historyview.cpp ${CMAKE_CURRENT_LIST_DIR}/historyview.h
  ${CMAKE_CURRENT_LIST_DIR}/messages.cpp ${CMAKE_CURRENT_LIST_DIR}/messages.h
  ${CMAKE_CURRENT_LIST_DIR}/paramdialog.cpp ${CMAKE_CURRENT_LIST_DIR}/paramdialog.h
  ${CMAKE_CURRENT_LIST_DIR}/params.cpp ${CMAKE_CURRENT_LIST_DIR}/params.h
  ${CMAKE_CURRENT_LIST_DIR}/querypane.cpp ${CMAKE_CURRENT_LIST_DIR}/querypane.h
  ${CMAKE_CURRENT_LIST_DIR}/querytab.cpp ${CMAKE_CURRENT_LIST_DIR}/querytab.h
  ${CMAKE_CURRENT_LIST_DIR}/querytabexport.cpp ${CMAKE_CURRENT_LIST_DIR}/querytabfile.cpp
  ${CMAKE_CURRENT_LIST_DIR}/querytabs.cpp ${CMAKE_CURRENT_LIST_DIR}/querytabs.h
  ${CMAKE_CURRENT_LIST_DIR}/resultpage.cpp ${CMAKE_CURRENT_LIST_DIR}/resultpage.h
  ${CMAKE_CURRENT_LIST_DIR}/resulttabs.cpp ${CMAKE_CURRENT_LIST_DIR}/resulttabs.h
  ${CMAKE_CURRENT_LIST_DIR}/runbar.cpp ${CMAKE_CURRENT_LIST_DIR}/runbar.h
  ${CMAKE_CURRENT_LIST_DIR}/rungate.cpp ${CMAKE_CURRENT_LIST_DIR}/rungate.h
  ${CMAKE_CURRENT_LIST_DIR}/runner.cpp ${CMAKE_CURRENT_LIST_DIR}/runner.h
  ${CMAKE_CURRENT_LIST_DIR}/runoutput.cpp ${CMAKE_CURRENT_LIST_DIR}/runoutput.h
  ${CMAKE_CURRENT_LIST_DIR}/runwords.cpp ${CMAKE_CURRENT_LIST_DIR}/runwords.h
  ${CMAKE_CURRENT_LIST_DIR}/statements.cpp ${CMAKE_CURRENT_LIST_DIR}/statements.h
  ${CMAKE_CURRENT_LIST_DIR}/tabfile.cpp ${CMAKE_CURRENT_LIST_DIR}/tabfile.h
  ${CMAKE_CURRENT_LIST_DIR}/transactionbar.cpp ${CMAKE_CURRENT_LIST_DIR}/transactionbar.h)
# The grid.
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/cellfont.cpp ${CMAKE_CURRENT_LIST_DIR}/cellfont.h
  ${CMAKE_CURRENT_LIST_DIR}/cellpaint.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cellview.cpp ${CMAKE_CURRENT_LIST_DIR}/cellview.h
  ${CMAKE_CURRENT_LIST_DIR}/columnlayout.cpp ${CMAKE_CURRENT_LIST_DIR}/columnlayout.h
  ${CMAKE_CURRENT_LIST_DIR}/gridactions.cpp
  ${CMAKE_CURRENT_LIST_DIR}/gridheader.cpp ${CMAKE_CURRENT_LIST_DIR}/gridheader.h
  ${CMAKE_CURRENT_LIST_DIR}/resultgrid.cpp ${CMAKE_CURRENT_LIST_DIR}/resultgrid.h
  ${CMAKE_CURRENT_LIST_DIR}/resultmodel.cpp ${CMAKE_CURRENT_LIST_DIR}/resultmodel.h
  ${CMAKE_CURRENT_LIST_DIR}/valueviewer.cpp ${CMAKE_CURRENT_LIST_DIR}/valueviewer.h)
