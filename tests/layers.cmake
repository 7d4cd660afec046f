# cmake -DROOT=DIR -P layers.cmake: fails when a source under DIR includes what its layer must not
# know. The allowed direction is
#   capture, decode <- analysis <- report, tui <- app
# where decode knows of capture only what a frame is. Tests and benchmarks may include anything.

set(layers capture decode analysis report tui app)
set(allowed_capture "capture/")
set(allowed_decode "decode/|capture/frame\\.h$")
set(allowed_analysis "analysis/|decode/|capture/")
set(allowed_report "report/|analysis/|decode/|capture/")
set(allowed_tui "tui/|analysis/|decode/|capture/")
set(allowed_app "app/|tui/|report/|analysis/|decode/|capture/")

# Libraries that are the business of one layer only.
set(private_headers "^pcap[./]" "^n?curses")
set(private_owners capture tui)

# Sets `out` to the headers that a file of a layer includes and must not.
function(find_wrong_includes layer file out)
  set(wrong "")
  file(STRINGS "${ROOT}/${file}" lines REGEX "^[ \t]*#[ \t]*include")
  foreach(line IN LISTS lines)
    if(line MATCHES "\"([^\"]+)\"")
      set(header "${CMAKE_MATCH_1}")
      if(NOT header MATCHES "^(${allowed_${layer}})")
        list(APPEND wrong "${header}")
      endif()
    elseif(line MATCHES "<([^>]+)>")
      set(header "${CMAKE_MATCH_1}")
      foreach(pattern owner IN ZIP_LISTS private_headers private_owners)
        if(header MATCHES "${pattern}" AND NOT layer STREQUAL owner)
          list(APPEND wrong "${header}")
        endif()
      endforeach()
    endif()
  endforeach()
  set(${out} "${wrong}" PARENT_SCOPE)
endfunction()

set(report "")
set(files_read 0)
foreach(layer IN LISTS layers)
  file(GLOB_RECURSE files RELATIVE "${ROOT}" "${ROOT}/${layer}/*.h" "${ROOT}/${layer}/*.cc")
  foreach(file IN LISTS files)
    find_wrong_includes("${layer}" "${file}" wrong)
    foreach(header IN LISTS wrong)
      string(APPEND report "\n  ${file} includes ${header}")
    endforeach()
    math(EXPR files_read "${files_read} + 1")
  endforeach()
endforeach()

if(files_read EQUAL 0)
  message(FATAL_ERROR "no sources under ${ROOT}")
endif()
if(report)
  message(FATAL_ERROR "against the direction of the layers:${report}")
endif()
message(STATUS "${files_read} files include only what their layers may know")
