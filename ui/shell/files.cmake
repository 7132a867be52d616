# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/jobmodel.cpp ${CMAKE_CURRENT_LIST_DIR}/jobmodel.h
  ${CMAKE_CURRENT_LIST_DIR}/jobstrip.cpp ${CMAKE_CURRENT_LIST_DIR}/jobstrip.h
  ${CMAKE_CURRENT_LIST_DIR}/allpanes.cpp
  ${CMAKE_CURRENT_LIST_DIR}/comebacknote.cpp ${CMAKE_CURRENT_LIST_DIR}/comebacknote.h
  ${CMAKE_CURRENT_LIST_DIR}/checkview.cpp ${CMAKE_CURRENT_LIST_DIR}/checkview.h
  ${CMAKE_CURRENT_LIST_DIR}/connectdialog.cpp ${CMAKE_CURRENT_LIST_DIR}/connectdialog.h
  ${CMAKE_CURRENT_LIST_DIR}/connectform.cpp ${CMAKE_CURRENT_LIST_DIR}/connectform.h
  ${CMAKE_CURRENT_LIST_DIR}/connectionbar.cpp ${CMAKE_CURRENT_LIST_DIR}/connectionbar.h
  ${CMAKE_CURRENT_LIST_DIR}/firstpaint.cpp ${CMAKE_CURRENT_LIST_DIR}/firstpaint.h
  ${CMAKE_CURRENT_LIST_DIR}/jobrow.cpp ${CMAKE_CURRENT_LIST_DIR}/jobrow.h
  ${CMAKE_CURRENT_LIST_DIR}/layoutmemory.cpp ${CMAKE_CURRENT_LIST_DIR}/layoutmemory.h
  ${CMAKE_CURRENT_LIST_DIR}/linkfacts.cpp ${CMAKE_CURRENT_LIST_DIR}/linkfacts.h
  ${CMAKE_CURRENT_LIST_DIR}/mainwindow.cpp ${CMAKE_CURRENT_LIST_DIR}/mainwindow.h
  ${CMAKE_CURRENT_LIST_DIR}/mainwindowmenus.cpp
  ${CMAKE_CURRENT_LIST_DIR}/palette.cpp ${CMAKE_CURRENT_LIST_DIR}/palette.h
  ${CMAKE_CURRENT_LIST_DIR}/pane.h
  ${CMAKE_CURRENT_LIST_DIR}/panestack.cpp ${CMAKE_CURRENT_LIST_DIR}/panestack.h
  ${CMAKE_CURRENT_LIST_DIR}/picturerun.cpp ${CMAKE_CURRENT_LIST_DIR}/picturerun.h
  ${CMAKE_CURRENT_LIST_DIR}/picturescene.cpp ${CMAKE_CURRENT_LIST_DIR}/picturescene.h
  ${CMAKE_CURRENT_LIST_DIR}/rail.cpp ${CMAKE_CURRENT_LIST_DIR}/rail.h
  ${CMAKE_CURRENT_LIST_DIR}/readonlybadge.cpp ${CMAKE_CURRENT_LIST_DIR}/readonlybadge.h
  ${CMAKE_CURRENT_LIST_DIR}/stallmeter.cpp ${CMAKE_CURRENT_LIST_DIR}/stallmeter.h
  ${CMAKE_CURRENT_LIST_DIR}/workspace.cpp ${CMAKE_CURRENT_LIST_DIR}/workspace.h)
