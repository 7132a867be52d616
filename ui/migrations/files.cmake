# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/comparedialog.cpp ${CMAKE_CURRENT_LIST_DIR}/comparedialog.h
  ${CMAKE_CURRENT_LIST_DIR}/compareflow.cpp ${CMAKE_CURRENT_LIST_DIR}/compareflow.h
  ${CMAKE_CURRENT_LIST_DIR}/findingsview.cpp ${CMAKE_CURRENT_LIST_DIR}/findingsview.h
  ${CMAKE_CURRENT_LIST_DIR}/foreignview.cpp ${CMAKE_CURRENT_LIST_DIR}/foreignview.h
  ${CMAKE_CURRENT_LIST_DIR}/keptoptions.cpp ${CMAKE_CURRENT_LIST_DIR}/keptoptions.h
  ${CMAKE_CURRENT_LIST_DIR}/lockpreviews.cpp ${CMAKE_CURRENT_LIST_DIR}/lockpreviews.h
  ${CMAKE_CURRENT_LIST_DIR}/lockpreviewview.cpp ${CMAKE_CURRENT_LIST_DIR}/lockpreviewview.h
  ${CMAKE_CURRENT_LIST_DIR}/migrationspane.cpp ${CMAKE_CURRENT_LIST_DIR}/migrationspane.h
  ${CMAKE_CURRENT_LIST_DIR}/migrationsbar.cpp ${CMAKE_CURRENT_LIST_DIR}/migrationsbar.h
  ${CMAKE_CURRENT_LIST_DIR}/migrationview.cpp ${CMAKE_CURRENT_LIST_DIR}/migrationview.h
  ${CMAKE_CURRENT_LIST_DIR}/newdialog.cpp ${CMAKE_CURRENT_LIST_DIR}/newdialog.h
  ${CMAKE_CURRENT_LIST_DIR}/optionsdialog.cpp ${CMAKE_CURRENT_LIST_DIR}/optionsdialog.h
  ${CMAKE_CURRENT_LIST_DIR}/previewflow.cpp ${CMAKE_CURRENT_LIST_DIR}/previewflow.h
  ${CMAKE_CURRENT_LIST_DIR}/projectfiles.cpp ${CMAKE_CURRENT_LIST_DIR}/projectfiles.h
  ${CMAKE_CURRENT_LIST_DIR}/projectsource.cpp ${CMAKE_CURRENT_LIST_DIR}/projectsource.h
  ${CMAKE_CURRENT_LIST_DIR}/questions.cpp ${CMAKE_CURRENT_LIST_DIR}/questions.h
  ${CMAKE_CURRENT_LIST_DIR}/rowactions.cpp ${CMAKE_CURRENT_LIST_DIR}/rowactions.h
  ${CMAKE_CURRENT_LIST_DIR}/runflow.cpp ${CMAKE_CURRENT_LIST_DIR}/runflow.h
  ${CMAKE_CURRENT_LIST_DIR}/runprogress.cpp ${CMAKE_CURRENT_LIST_DIR}/runprogress.h
  ${CMAKE_CURRENT_LIST_DIR}/runview.cpp ${CMAKE_CURRENT_LIST_DIR}/runview.h
  ${CMAKE_CURRENT_LIST_DIR}/timeline.cpp ${CMAKE_CURRENT_LIST_DIR}/timeline.h
  ${CMAKE_CURRENT_LIST_DIR}/wayson.cpp
  ${CMAKE_CURRENT_LIST_DIR}/writing.cpp ${CMAKE_CURRENT_LIST_DIR}/writing.h)
