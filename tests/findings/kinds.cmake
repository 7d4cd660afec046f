# cmake -DPROGRAM=... -DCAPTURE=FILE -DEXPECTED=KIND,... -P kinds.cmake: the kinds of finding in a
# capture must be these, and each must have a subject, a sentence, advice and evidence.

cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND "${PROGRAM}" findings --json --quiet -r "${CAPTURE}"
  OUTPUT_VARIABLE printed ERROR_VARIABLE said RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM}: ${status}\n${said}")
endif()

# CMake splits lists at semicolons and joins them at brackets; neither may survive in a line.
string(REPLACE ";" "," printed "${printed}")
string(REPLACE "[" "<" printed "${printed}")
string(REPLACE "]" ">" printed "${printed}")
string(REPLACE "\n" ";" lines "${printed}")

set(found "")
foreach(line IN LISTS lines)
  if(NOT line MATCHES "\"type\":\"finding\"")
    continue()
  endif()
  string(REPLACE "<" "[" line "${line}")
  string(REPLACE ">" "]" line "${line}")
  string(JSON kind GET "${line}" kind)
  list(APPEND found "${kind}")
  foreach(field IN ITEMS severity subject text advice)
    string(JSON value GET "${line}" ${field})
    if(value STREQUAL "")
      message(FATAL_ERROR "${kind} has no ${field}")
    endif()
  endforeach()
  string(JSON frames LENGTH "${line}" frames)
  if(frames EQUAL 0)
    message(FATAL_ERROR "${kind} has no frames")
  endif()
endforeach()

list(REMOVE_DUPLICATES found)
list(SORT found)
string(REPLACE "," ";" expected "${EXPECTED}")
list(SORT expected)
if(NOT "${found}" STREQUAL "${expected}")
  message(FATAL_ERROR "expected \"${expected}\", found \"${found}\"\n${printed}")
endif()
