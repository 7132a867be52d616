# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(howdah_ui PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/swapnotice.cpp ${CMAKE_CURRENT_LIST_DIR}/swapnotice.h
  ${CMAKE_CURRENT_LIST_DIR}/swapvalues.cpp ${CMAKE_CURRENT_LIST_DIR}/swapvalues.h
  ${CMAKE_CURRENT_LIST_DIR}/wizard.cpp ${CMAKE_CURRENT_LIST_DIR}/wizard.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardapply.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardapply.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardchecks.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardchecks.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardcompare.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardcompare.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardfacts.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardfacts.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardfind.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardfind.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardflow.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardflow.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardflowlive.cpp
  ${CMAKE_CURRENT_LIST_DIR}/wizardflowswap.cpp
  ${CMAKE_CURRENT_LIST_DIR}/wizardintent.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardintent.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardmodel.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardmodel.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardmoment.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardmoment.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardparts.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardpage.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardpicks.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardpicks.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardpreflight.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardpreflight.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardpreview.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardpreview.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardrehearse.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardrehearse.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardreport.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardreport.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardreturn.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardreturn.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardsteps.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardsteps.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardsummary.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardsummary.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardswap.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardswap.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardtarget.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardtarget.h
  ${CMAKE_CURRENT_LIST_DIR}/wizardtyped.cpp ${CMAKE_CURRENT_LIST_DIR}/wizardtyped.h)
