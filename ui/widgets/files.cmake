# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/dialogs.cpp ${CMAKE_CURRENT_LIST_DIR}/dialogs.h
  ${CMAKE_CURRENT_LIST_DIR}/emptystate.cpp ${CMAKE_CURRENT_LIST_DIR}/emptystate.h
  ${CMAKE_CURRENT_LIST_DIR}/errorbar.cpp ${CMAKE_CURRENT_LIST_DIR}/errorbar.h
  ${CMAKE_CURRENT_LIST_DIR}/icon.cpp ${CMAKE_CURRENT_LIST_DIR}/icon.h
  ${CMAKE_CURRENT_LIST_DIR}/keyedmodel.cpp ${CMAKE_CURRENT_LIST_DIR}/keyedmodel.h
  ${CMAKE_CURRENT_LIST_DIR}/keyedview.cpp ${CMAKE_CURRENT_LIST_DIR}/keyedview.h
  ${CMAKE_CURRENT_LIST_DIR}/label.cpp ${CMAKE_CURRENT_LIST_DIR}/label.h
  ${CMAKE_CURRENT_LIST_DIR}/stateword.cpp ${CMAKE_CURRENT_LIST_DIR}/stateword.h
  ${CMAKE_CURRENT_LIST_DIR}/stylesheet.cpp
  ${CMAKE_CURRENT_LIST_DIR}/theme.cpp ${CMAKE_CURRENT_LIST_DIR}/theme.h
  ${CMAKE_CURRENT_LIST_DIR}/timerange.cpp ${CMAKE_CURRENT_LIST_DIR}/timerange.h
  ${CMAKE_CURRENT_LIST_DIR}/typedline.cpp ${CMAKE_CURRENT_LIST_DIR}/typedline.h)
