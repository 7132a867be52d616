# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/catalogdetail.cpp ${CMAKE_CURRENT_LIST_DIR}/catalogdetail.h
  ${CMAKE_CURRENT_LIST_DIR}/catalogfilter.cpp ${CMAKE_CURRENT_LIST_DIR}/catalogfilter.h
  ${CMAKE_CURRENT_LIST_DIR}/cataloglinks.cpp ${CMAKE_CURRENT_LIST_DIR}/cataloglinks.h
  ${CMAKE_CURRENT_LIST_DIR}/catalogmodel.cpp ${CMAKE_CURRENT_LIST_DIR}/catalogmodel.h
  ${CMAKE_CURRENT_LIST_DIR}/catalogpane.cpp ${CMAKE_CURRENT_LIST_DIR}/catalogpane.h
  ${CMAKE_CURRENT_LIST_DIR}/catalogsource.h
  ${CMAKE_CURRENT_LIST_DIR}/catalogtree.cpp ${CMAKE_CURRENT_LIST_DIR}/catalogtree.h
  ${CMAKE_CURRENT_LIST_DIR}/kindlook.cpp ${CMAKE_CURRENT_LIST_DIR}/kindlook.h
  ${CMAKE_CURRENT_LIST_DIR}/sqlhighlighter.cpp ${CMAKE_CURRENT_LIST_DIR}/sqlhighlighter.h)
