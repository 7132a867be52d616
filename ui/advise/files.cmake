# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/causecard.cpp ${CMAKE_CURRENT_LIST_DIR}/causecard.h
  ${CMAKE_CURRENT_LIST_DIR}/causeflow.cpp ${CMAKE_CURRENT_LIST_DIR}/causeflow.h
  ${CMAKE_CURRENT_LIST_DIR}/causespage.cpp ${CMAKE_CURRENT_LIST_DIR}/causespage.h
  ${CMAKE_CURRENT_LIST_DIR}/draftdialog.cpp ${CMAKE_CURRENT_LIST_DIR}/draftdialog.h
  ${CMAKE_CURRENT_LIST_DIR}/trialdialog.cpp ${CMAKE_CURRENT_LIST_DIR}/trialdialog.h
  ${CMAKE_CURRENT_LIST_DIR}/trialflow.cpp ${CMAKE_CURRENT_LIST_DIR}/trialflow.h
  ${CMAKE_CURRENT_LIST_DIR}/trialresult.cpp ${CMAKE_CURRENT_LIST_DIR}/trialresult.h
  ${CMAKE_CURRENT_LIST_DIR}/trialscript.cpp ${CMAKE_CURRENT_LIST_DIR}/trialscript.h)
