# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/changeplandialog.cpp ${CMAKE_CURRENT_LIST_DIR}/changeplandialog.h
  ${CMAKE_CURRENT_LIST_DIR}/environmentword.cpp ${CMAKE_CURRENT_LIST_DIR}/environmentword.h
  ${CMAKE_CURRENT_LIST_DIR}/exportdialog.cpp ${CMAKE_CURRENT_LIST_DIR}/exportdialog.h
  ${CMAKE_CURRENT_LIST_DIR}/guarddialog.cpp ${CMAKE_CURRENT_LIST_DIR}/guarddialog.h
  ${CMAKE_CURRENT_LIST_DIR}/importdialog.cpp ${CMAKE_CURRENT_LIST_DIR}/importdialog.h
  ${CMAKE_CURRENT_LIST_DIR}/journaldialog.cpp ${CMAKE_CURRENT_LIST_DIR}/journaldialog.h)
