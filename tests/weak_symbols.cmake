# Objects compiled with instructions that not every processor has must define nothing that the linker could take in place
# of the same function compiled for all: no weak symbol.
#
# cmake -DNM=... -DARCHIVE=... -P weak_symbols.cmake
execute_process(COMMAND ${NM} ${ARCHIVE} OUTPUT_VARIABLE symbols RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "cannot list the symbols of ${ARCHIVE}")
endif()
string(REPLACE "\n" ";" lines "${symbols}")
set(engines 0)
set(member "")
foreach(line IN LISTS lines)
  if(line MATCHES "^(.*\\.o):$")
    set(member ${CMAKE_MATCH_1})
    if(member MATCHES "^(baseline|x86_64_v3|x86_64_v4)\\.cpp\\.o$")
      math(EXPR engines "${engines} + 1")
    endif()
  elseif(member MATCHES "^(baseline|x86_64_v3|x86_64_v4)\\.cpp\\.o$" AND line MATCHES " [WwVvu] (.*)$")
    message(FATAL_ERROR "${member} defines the weak symbol ${CMAKE_MATCH_1}")
  endif()
endforeach()
if(NOT engines EQUAL 3)
  message(FATAL_ERROR "${engines} engines found in ${ARCHIVE}, not 3")
endif()
