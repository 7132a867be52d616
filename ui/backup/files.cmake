# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/backupactions.cpp ${CMAKE_CURRENT_LIST_DIR}/backupactions.h
  ${CMAKE_CURRENT_LIST_DIR}/backupbar.cpp ${CMAKE_CURRENT_LIST_DIR}/backupbar.h
  ${CMAKE_CURRENT_LIST_DIR}/backupdetail.cpp ${CMAKE_CURRENT_LIST_DIR}/backupdetail.h
  ${CMAKE_CURRENT_LIST_DIR}/backupflow.cpp ${CMAKE_CURRENT_LIST_DIR}/backupflow.h
  ${CMAKE_CURRENT_LIST_DIR}/backuppane.cpp ${CMAKE_CURRENT_LIST_DIR}/backuppane.h
  ${CMAKE_CURRENT_LIST_DIR}/backupreading.cpp ${CMAKE_CURRENT_LIST_DIR}/backupreading.h
  ${CMAKE_CURRENT_LIST_DIR}/backuprows.cpp ${CMAKE_CURRENT_LIST_DIR}/backuprows.h
  ${CMAKE_CURRENT_LIST_DIR}/backupsource.cpp ${CMAKE_CURRENT_LIST_DIR}/backupsource.h
  ${CMAKE_CURRENT_LIST_DIR}/backupwork.cpp ${CMAKE_CURRENT_LIST_DIR}/backupwork.h
  ${CMAKE_CURRENT_LIST_DIR}/keptplace.cpp ${CMAKE_CURRENT_LIST_DIR}/keptplace.h
  ${CMAKE_CURRENT_LIST_DIR}/placedialog.cpp ${CMAKE_CURRENT_LIST_DIR}/placedialog.h
  ${CMAKE_CURRENT_LIST_DIR}/prunedialog.cpp ${CMAKE_CURRENT_LIST_DIR}/prunedialog.h
  ${CMAKE_CURRENT_LIST_DIR}/readinessbar.cpp ${CMAKE_CURRENT_LIST_DIR}/readinessbar.h
  ${CMAKE_CURRENT_LIST_DIR}/restoredialog.cpp ${CMAKE_CURRENT_LIST_DIR}/restoredialog.h
  ${CMAKE_CURRENT_LIST_DIR}/restorewatch.cpp ${CMAKE_CURRENT_LIST_DIR}/restorewatch.h
  ${CMAKE_CURRENT_LIST_DIR}/scheduledialog.cpp ${CMAKE_CURRENT_LIST_DIR}/scheduledialog.h
  ${CMAKE_CURRENT_LIST_DIR}/standseams.cpp ${CMAKE_CURRENT_LIST_DIR}/standseams.h
  ${CMAKE_CURRENT_LIST_DIR}/stripmark.cpp ${CMAKE_CURRENT_LIST_DIR}/stripmark.h
  ${CMAKE_CURRENT_LIST_DIR}/stripvalues.cpp ${CMAKE_CURRENT_LIST_DIR}/stripvalues.h
  ${CMAKE_CURRENT_LIST_DIR}/takedialog.cpp ${CMAKE_CURRENT_LIST_DIR}/takedialog.h
  ${CMAKE_CURRENT_LIST_DIR}/windowstrip.cpp ${CMAKE_CURRENT_LIST_DIR}/windowstrip.h
  ${CMAKE_CURRENT_LIST_DIR}/windowstrippaint.cpp)
include(${CMAKE_CURRENT_LIST_DIR}/wizardfiles.cmake)
