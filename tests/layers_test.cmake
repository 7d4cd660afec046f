# cmake -P layers_test.cmake: layers.cmake must refuse every wrong*.h of layers_fixture, and only those.
set(fixture "${CMAKE_CURRENT_LIST_DIR}/layers_fixture")
execute_process(
  COMMAND "${CMAKE_COMMAND}" "-DROOT=${fixture}" -P "${CMAKE_CURRENT_LIST_DIR}/layers.cmake"
  RESULT_VARIABLE status ERROR_VARIABLE said)
if(status EQUAL 0)
  message(FATAL_ERROR "layers.cmake accepts wrong includes")
endif()
string(REGEX MATCHALL "[a-z_]+/[a-z_]+\\.h includes" found "${said}")
list(TRANSFORM found REPLACE " includes$" "")
file(GLOB_RECURSE wanted RELATIVE "${fixture}" "${fixture}/*/wrong*.h")
list(SORT found)
list(SORT wanted)
if(NOT found STREQUAL wanted)
  message(FATAL_ERROR "layers.cmake refuses\n  ${found}\nand not\n  ${wanted}")
endif()
