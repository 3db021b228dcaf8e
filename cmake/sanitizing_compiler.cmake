# Included before the languages are enabled. Clang takes half as long as GCC over the instrumented tests, and warns of
# other things, so a build with the sanitizers is made with it where it is installed with its sanitizer runtime.
if(NOT VIPPL_SANITIZE OR CMAKE_CXX_COMPILER OR DEFINED ENV{CXX})
  return()
endif()
find_program(VIPPL_CLANG NAMES clang++-19 DOC "The Clang to build with the sanitizers")
if(VIPPL_CLANG)
  file(WRITE ${CMAKE_BINARY_DIR}/sanitized.cpp "int main() {}\n")
  execute_process(COMMAND ${VIPPL_CLANG} -fsanitize=address,undefined sanitized.cpp -o sanitized
                  WORKING_DIRECTORY ${CMAKE_BINARY_DIR} RESULT_VARIABLE failure OUTPUT_QUIET ERROR_QUIET)
  file(REMOVE ${CMAKE_BINARY_DIR}/sanitized.cpp ${CMAKE_BINARY_DIR}/sanitized)
endif()
if(VIPPL_CLANG AND failure EQUAL 0)
  set(CMAKE_CXX_COMPILER ${VIPPL_CLANG} CACHE FILEPATH "C++ compiler")
else()
  message(STATUS "No clang++-19 with sanitizers (packages clang-19 and libclang-rt-19-dev) is installed: the usual "
                 "compiler does as well, but takes about twice as long")
endif()
