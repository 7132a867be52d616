# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/periodtext.h
  ${CMAKE_CURRENT_LIST_DIR}/regressionrows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/regressionrows.h
  ${CMAKE_CURRENT_LIST_DIR}/regressionsview.cpp
  ${CMAKE_CURRENT_LIST_DIR}/regressionsview.h
  ${CMAKE_CURRENT_LIST_DIR}/statementdetail.cpp
  ${CMAKE_CURRENT_LIST_DIR}/statementdetail.h
  ${CMAKE_CURRENT_LIST_DIR}/statementfigures.cpp
  ${CMAKE_CURRENT_LIST_DIR}/statementfigures.h
  ${CMAKE_CURRENT_LIST_DIR}/statementfilter.cpp
  ${CMAKE_CURRENT_LIST_DIR}/statementfilter.h
  ${CMAKE_CURRENT_LIST_DIR}/statementload.cpp
  ${CMAKE_CURRENT_LIST_DIR}/statementload.h
  ${CMAKE_CURRENT_LIST_DIR}/statementrows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/statementrows.h
  ${CMAKE_CURRENT_LIST_DIR}/statementruns.cpp
  ${CMAKE_CURRENT_LIST_DIR}/statementruns.h
  ${CMAKE_CURRENT_LIST_DIR}/statementsource.cpp
  ${CMAKE_CURRENT_LIST_DIR}/statementsource.h
  ${CMAKE_CURRENT_LIST_DIR}/statementspane.cpp
  ${CMAKE_CURRENT_LIST_DIR}/statementspane.h
  ${CMAKE_CURRENT_LIST_DIR}/statementwaits.cpp
  ${CMAKE_CURRENT_LIST_DIR}/statementwaits.h
  ${CMAKE_CURRENT_LIST_DIR}/toplistview.cpp
  ${CMAKE_CURRENT_LIST_DIR}/toplistview.h)
