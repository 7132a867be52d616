# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/compareview.cpp ${CMAKE_CURRENT_LIST_DIR}/compareview.h
  ${CMAKE_CURRENT_LIST_DIR}/keptplansview.cpp ${CMAKE_CURRENT_LIST_DIR}/keptplansview.h
  ${CMAKE_CURRENT_LIST_DIR}/parameterform.cpp ${CMAKE_CURRENT_LIST_DIR}/parameterform.h
  ${CMAKE_CURRENT_LIST_DIR}/planask.cpp ${CMAKE_CURRENT_LIST_DIR}/planask.h
  ${CMAKE_CURRENT_LIST_DIR}/planfigures.cpp ${CMAKE_CURRENT_LIST_DIR}/planfigures.h
  ${CMAKE_CURRENT_LIST_DIR}/planfindings.cpp ${CMAKE_CURRENT_LIST_DIR}/planfindings.h
  ${CMAKE_CURRENT_LIST_DIR}/planflow.cpp ${CMAKE_CURRENT_LIST_DIR}/planflow.h
  ${CMAKE_CURRENT_LIST_DIR}/plangraph.cpp ${CMAKE_CURRENT_LIST_DIR}/plangraph.h
  ${CMAKE_CURRENT_LIST_DIR}/plannodepanel.cpp ${CMAKE_CURRENT_LIST_DIR}/plannodepanel.h
  ${CMAKE_CURRENT_LIST_DIR}/planpage.cpp ${CMAKE_CURRENT_LIST_DIR}/planpage.h
  ${CMAKE_CURRENT_LIST_DIR}/planrows.cpp ${CMAKE_CURRENT_LIST_DIR}/planrows.h
  ${CMAKE_CURRENT_LIST_DIR}/planspane.cpp ${CMAKE_CURRENT_LIST_DIR}/planspane.h
  ${CMAKE_CURRENT_LIST_DIR}/planview.cpp ${CMAKE_CURRENT_LIST_DIR}/planview.h)
