# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/logview.cpp ${CMAKE_CURRENT_LIST_DIR}/logview.h
  ${CMAKE_CURRENT_LIST_DIR}/stackactions.cpp ${CMAKE_CURRENT_LIST_DIR}/stackactions.h
  ${CMAKE_CURRENT_LIST_DIR}/stackfacts.cpp ${CMAKE_CURRENT_LIST_DIR}/stackfacts.h
  ${CMAKE_CURRENT_LIST_DIR}/stackpane.cpp ${CMAKE_CURRENT_LIST_DIR}/stackpane.h
  ${CMAKE_CURRENT_LIST_DIR}/stackseams.cpp ${CMAKE_CURRENT_LIST_DIR}/stackseams.h)
