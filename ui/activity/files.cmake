# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/activitypages.cpp
  ${CMAKE_CURRENT_LIST_DIR}/activitypages.h
  ${CMAKE_CURRENT_LIST_DIR}/activitypane.cpp
  ${CMAKE_CURRENT_LIST_DIR}/activitypane.h
  ${CMAKE_CURRENT_LIST_DIR}/activitysource.cpp
  ${CMAKE_CURRENT_LIST_DIR}/activitysource.h
  ${CMAKE_CURRENT_LIST_DIR}/cells.h
  ${CMAKE_CURRENT_LIST_DIR}/endflow.cpp
  ${CMAKE_CURRENT_LIST_DIR}/endflow.h
  ${CMAKE_CURRENT_LIST_DIR}/horizonview.cpp
  ${CMAKE_CURRENT_LIST_DIR}/horizonview.h
  ${CMAKE_CURRENT_LIST_DIR}/incident.cpp
  ${CMAKE_CURRENT_LIST_DIR}/incident.h
  ${CMAKE_CURRENT_LIST_DIR}/linkcall.h
  ${CMAKE_CURRENT_LIST_DIR}/lockpicture.cpp
  ${CMAKE_CURRENT_LIST_DIR}/lockpicture.h
  ${CMAKE_CURRENT_LIST_DIR}/lockrows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/locksview.cpp
  ${CMAKE_CURRENT_LIST_DIR}/locksview.h
  ${CMAKE_CURRENT_LIST_DIR}/otherrows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/progressview.cpp
  ${CMAKE_CURRENT_LIST_DIR}/progressview.h
  ${CMAKE_CURRENT_LIST_DIR}/rows.h
  ${CMAKE_CURRENT_LIST_DIR}/sessiondetail.cpp
  ${CMAKE_CURRENT_LIST_DIR}/sessiondetail.h
  ${CMAKE_CURRENT_LIST_DIR}/sessionrows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/sessionsview.cpp
  ${CMAKE_CURRENT_LIST_DIR}/sessionsview.h
  ${CMAKE_CURRENT_LIST_DIR}/waitschart.cpp
  ${CMAKE_CURRENT_LIST_DIR}/waitschart.h
  ${CMAKE_CURRENT_LIST_DIR}/waitsfeed.cpp
  ${CMAKE_CURRENT_LIST_DIR}/waitsfeed.h
  ${CMAKE_CURRENT_LIST_DIR}/waitsview.cpp
  ${CMAKE_CURRENT_LIST_DIR}/waitsview.h
  ${CMAKE_CURRENT_LIST_DIR}/relationusersview.cpp ${CMAKE_CURRENT_LIST_DIR}/relationusersview.h)
