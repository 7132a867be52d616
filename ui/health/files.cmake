# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/healthcard.cpp ${CMAKE_CURRENT_LIST_DIR}/healthcard.h
  ${CMAKE_CURRENT_LIST_DIR}/healthendpoint.cpp ${CMAKE_CURRENT_LIST_DIR}/healthendpoint.h
  ${CMAKE_CURRENT_LIST_DIR}/healthfeed.cpp ${CMAKE_CURRENT_LIST_DIR}/healthfeed.h
  ${CMAKE_CURRENT_LIST_DIR}/monitoringdialog.cpp ${CMAKE_CURRENT_LIST_DIR}/monitoringdialog.h
  ${CMAKE_CURRENT_LIST_DIR}/endpointform.cpp ${CMAKE_CURRENT_LIST_DIR}/endpointform.h
  ${CMAKE_CURRENT_LIST_DIR}/exportform.cpp ${CMAKE_CURRENT_LIST_DIR}/exportform.h)
