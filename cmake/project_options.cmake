# What every target of the project is compiled with. Warnings become errors only in presets
# (TAPSTAT_WERROR), so that a newer compiler does not break a user's build.
set(TAPSTAT_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them; empty for none")
option(TAPSTAT_WERROR "Treat warnings as errors" OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_EXTENSIONS OFF)

add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE cxx_std_20)
target_include_directories(project_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor)
if(TAPSTAT_WERROR)
  target_compile_options(project_options INTERFACE -Werror)
endif()
if(TAPSTAT_FUZZ)
  target_compile_definitions(project_options INTERFACE TAPSTAT_SMALL_TABLES)
endif()
if(TAPSTAT_SANITIZE)
  target_compile_options(project_options INTERFACE
    -fsanitize=${TAPSTAT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # What sanitizers keep of each check is full of addresses: tests, which start the program thousands
  # of times, wait a fifth less where those stand in the file.
  target_link_options(project_options INTERFACE -fsanitize=${TAPSTAT_SANITIZE} -no-pie)
endif()

# tapstat_layer(NAME SOURCES... ) makes the static library of one folder: tapstat_NAME.
function(tapstat_layer name)
  add_library(tapstat_${name} STATIC ${ARGN})
  target_link_libraries(tapstat_${name} PUBLIC project_options tl::expected)
endfunction()
