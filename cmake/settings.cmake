# What every target of the project is compiled with, and the helper that makes one library per layer.
find_package(Boost 1.74 REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(fmt 9 REQUIRED)
find_package(Threads REQUIRED)

add_library(vippl_settings INTERFACE)
target_include_directories(vippl_settings INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(vippl_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
# No code of ours reads errno after a function of <cmath>, or the floating-point flags. Unlike -ffast-math this keeps
# infinity and NaN; it lets loops over sqrt and comparisons become vector instructions.
target_compile_options(vippl_settings INTERFACE -fno-math-errno -fno-trapping-math)
# GCC 12 warns of overlapping copies and of copies beyond the end inside std::string's operator+ where there are none
# (GCC bug 105651).
target_compile_options(vippl_settings INTERFACE
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>)
# Clang's -Wconversion holds more than GCC's, it counts a member that templates ask for as unused, and it looks into how
# the standard library of GCC 12 sorts.
target_compile_options(vippl_settings INTERFACE
                       $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion;-Wno-unused-const-variable;-Wno-deprecated-declarations>)
target_link_libraries(vippl_settings INTERFACE fmt::fmt)
if(VIPPL_SANITIZE)
  # The checks left out are of every pointer that is followed: the address sanitizer stops at a null or stale one, and
  # what uses Eigen and fmt would take half as long again to compile.
  target_compile_options(vippl_settings INTERFACE -fsanitize=address,undefined
                         -fno-sanitize=null,alignment,object-size,vptr -fno-omit-frame-pointer
                         -fno-sanitize-recover=undefined)
  target_link_options(vippl_settings INTERFACE -fsanitize=address,undefined)
endif()

# Eigen's checks stay on in debug builds. The allocation counter is there in every build type, and every target agrees on
# it: files that disagree about these macros would break the one-definition rule.
add_library(vippl_eigen INTERFACE)
target_link_libraries(vippl_eigen INTERFACE Eigen3::Eigen)
target_compile_definitions(vippl_eigen INTERFACE EIGEN_RUNTIME_NO_MALLOC EIGEN_MPL2_ONLY EIGEN_DONT_PARALLELIZE)

find_program(VIPPL_CCACHE ccache)
if(VIPPL_CCACHE)
  # ccache caches files that use a precompiled header only when told that their macros may be taken from its key.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${VIPPL_CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
find_program(VIPPL_MOLD mold)
if(VIPPL_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# The headers of the standard library and fmt that most files include, parsed once for each target. Every file still
# includes what it uses.
set(VIPPL_PRECOMPILED <algorithm> <array> <charconv> <cmath> <cstdint> <functional> <limits> <map> <memory> <numeric>
    <optional> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h>)

# vippl_layer(NAME [OPTIMIZED] DEPENDS target... PRECOMPILE header...): the library vippl_NAME of all sources below the
# calling folder. An OPTIMIZED layer is optimised in debug builds too, lightly: the tests run through it millions of times.
function(vippl_layer name)
  cmake_parse_arguments(layer "OPTIMIZED" "" "DEPENDS;PRECOMPILE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(vippl_${name} STATIC ${sources})
  target_link_libraries(vippl_${name} PUBLIC vippl_settings ${layer_DEPENDS})
  if(layer_OPTIMIZED)
    target_compile_options(vippl_${name} PRIVATE $<$<CONFIG:Debug>:-O1>)
  endif()
  target_precompile_headers(vippl_${name} PRIVATE ${VIPPL_PRECOMPILED} ${layer_PRECOMPILE})
  vippl_batches(vippl_${name})
endfunction()
