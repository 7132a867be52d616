# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/charttile.cpp ${CMAKE_CURRENT_LIST_DIR}/charttile.h
  ${CMAKE_CURRENT_LIST_DIR}/healthdetails.cpp
  ${CMAKE_CURRENT_LIST_DIR}/healthstrip.cpp ${CMAKE_CURRENT_LIST_DIR}/healthstrip.h
  ${CMAKE_CURRENT_LIST_DIR}/overviewpane.cpp ${CMAKE_CURRENT_LIST_DIR}/overviewpane.h
  ${CMAKE_CURRENT_LIST_DIR}/overviewtiles.cpp ${CMAKE_CURRENT_LIST_DIR}/overviewtiles.h
  ${CMAKE_CURRENT_LIST_DIR}/overviewview.cpp ${CMAKE_CURRENT_LIST_DIR}/overviewview.h
  ${CMAKE_CURRENT_LIST_DIR}/plotview.cpp ${CMAKE_CURRENT_LIST_DIR}/plotview.h
  ${CMAKE_CURRENT_LIST_DIR}/quantity.cpp ${CMAKE_CURRENT_LIST_DIR}/quantity.h
  ${CMAKE_CURRENT_LIST_DIR}/redrawqueue.cpp ${CMAKE_CURRENT_LIST_DIR}/redrawqueue.h
  ${CMAKE_CURRENT_LIST_DIR}/timechart.cpp ${CMAKE_CURRENT_LIST_DIR}/timechart.h
  ${CMAKE_CURRENT_LIST_DIR}/timeseries.cpp ${CMAKE_CURRENT_LIST_DIR}/timeseries.h)
