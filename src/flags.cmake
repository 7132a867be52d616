# SPDX-License-Identifier: GPL-3.0-or-later
# The one place for warnings, hardening and sanitizers: every target links howdah_flags, privately.
add_library(howdah_flags INTERFACE)
set(HOWDAH_SANITIZE "" CACHE STRING "address or thread")

target_compile_definitions(howdah_flags INTERFACE
  QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_FOREACH QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
  QT_USE_QSTRINGBUILDER QT_NO_CONTEXTLESS_CONNECT
  HOWDAH_VERSION="${PROJECT_VERSION}")
target_compile_options(howdah_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wformat=2 -Wimplicit-fallthrough -Werror=return-type
  -fstack-protector-strong -fvisibility=hidden)
if(HOWDAH_WERROR)
  target_compile_options(howdah_flags INTERFACE -Werror)
endif()
target_link_options(howdah_flags INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)

find_program(MOLD mold)
if(MOLD)
  target_link_options(howdah_flags INTERFACE -fuse-ld=mold)
endif()

if(HOWDAH_SANITIZE STREQUAL "address")
  target_compile_options(howdah_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(howdah_flags INTERFACE -fsanitize=address,undefined)
elseif(HOWDAH_SANITIZE STREQUAL "thread")
  target_compile_options(howdah_flags INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(howdah_flags INTERFACE -fsanitize=thread)
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  target_compile_definitions(howdah_flags INTERFACE _FORTIFY_SOURCE=2)
endif()

option(HOWDAH_PCH "Parse what nearly every file reads once. A file that does not name what it uses still builds then" OFF)
# howdah_precompiled(TARGET): with the headers of src/pch.
function(howdah_precompiled name)
  if(HOWDAH_PCH)
    target_precompile_headers(${name} REUSE_FROM howdah_pch)
  endif()
endfunction()

# howdah_library(NAME FILES… LINK PUBLIC… PRIVATE_LINK …): a static library of a room.
function(howdah_library name)
  cmake_parse_arguments(A "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${A_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name} PUBLIC ${A_LINK} PRIVATE howdah_flags ${A_PRIVATE_LINK})
  howdah_precompiled(${name})
endfunction()
