# cmake --install puts everything where programs look for it, and the versions agree. Given: BUILD, VERSION,
# CHANGELOG.
set(prefix ${BUILD}/installed)
file(REMOVE_RECURSE ${prefix})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix}
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
foreach(file IN ITEMS
    bin/tapstat
    share/man/man1/tapstat.1
    share/bash-completion/completions/tapstat
    share/zsh/site-functions/_tapstat
    share/fish/vendor_completions.d/tapstat.fish
    lib/systemd/system/tapstat@.service
    share/doc/tapstat/README.md
    share/doc/tapstat/docs/live.md
    share/doc/tapstat/examples/eth0.conf)
  if(NOT EXISTS ${prefix}/${file})
    message(SEND_ERROR "${file} is not installed")
  endif()
endforeach()

execute_process(COMMAND ${prefix}/bin/tapstat --version OUTPUT_VARIABLE version COMMAND_ERROR_IS_FATAL ANY)
if(NOT version MATCHES "^tapstat ${VERSION}\nlibpcap version [0-9]+\\.")
  message(SEND_ERROR "tapstat --version: ${version}")
endif()
file(STRINGS ${CHANGELOG} newest LIMIT_COUNT 1)
if(NOT newest MATCHES "^tapstat \\(${VERSION}\\) ")
  message(SEND_ERROR "debian/changelog begins with another version than the ${VERSION} of CMakeLists.txt: ${newest}")
endif()
file(REMOVE_RECURSE ${prefix})
