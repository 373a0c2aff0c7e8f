# The headers that most files of a room include, compiled once: more than half of what a file costs is reading them.
# Most rooms share callboard_prelude: headers of others alone, which no change of ours compiles again. `app` and `http`
# have one of their own, with the header of ours that all their files stand on. A file still includes what it uses: with
# -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON, as the preset `clang` has it, everything builds without.
set(CALLBOARD_PRELUDE
    <algorithm> <array> <atomic> <charconv> <chrono> <compare> <condition_variable> <cstdint> <exception> <functional>
    <map> <memory> <mutex> <optional> <set> <span> <string> <string_view> <thread> <tuple> <unordered_map> <utility>
    <variant> <vector> <boost/json.hpp> <boost/mp11.hpp> <fmt/format.h>)

# Whoever shares a precompiled header is compiled with the same macros, also those that only some libraries ask for:
# they say how a library is linked, not whether.
target_compile_options(callboard_options INTERFACE -pthread)
target_compile_definitions(callboard_options INTERFACE
    $<TARGET_PROPERTY:Boost::json,INTERFACE_COMPILE_DEFINITIONS>
    $<TARGET_PROPERTY:Boost::container,INTERFACE_COMPILE_DEFINITIONS>)

# callboard_precompile(TARGET [HEADER...]): compiles the prelude and these headers for it.
function(callboard_precompile target)
    # In angle brackets, so that no path of this checkout is written into it.
    list(TRANSFORM ARGN REPLACE "^(.+)$" "<\\1>")
    target_precompile_headers(${target} PRIVATE ${CALLBOARD_PRELUDE} ${ARGN})
    # ccache asks for it.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endfunction()

# callboard_share_precompiled(TARGET FROM): uses what was compiled for FROM.
function(callboard_share_precompiled target from)
    target_precompile_headers(${target} REUSE_FROM ${from})
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endfunction()

file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/prelude.cpp CONTENT "// A target needs a file.\n")
add_library(callboard_prelude STATIC ${CMAKE_CURRENT_BINARY_DIR}/prelude.cpp)
target_link_libraries(callboard_prelude PRIVATE callboard_options)
callboard_precompile(callboard_prelude)
