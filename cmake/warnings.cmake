# The warnings we keep clean, and the checks a release keeps on.
function(callboard_set_warnings target)
    set(warnings -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wold-style-cast
        -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wswitch)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        list(APPEND warnings -Wduplicated-cond -Wlogical-op -Wshadow=local)
    else()
        list(APPEND warnings -Wshadow)
    endif()
    target_compile_options(${target} INTERFACE $<$<COMPILE_LANGUAGE:CXX>:${warnings}>)
    # Errors for those who work on it, on the build that is tested. A user's compiler may find more to say at -O2, as
    # g++ 12 does of copies that do not overlap, and that must not keep a release from being built.
    if(CALLBOARD_WERROR)
        target_compile_options(${target} INTERFACE $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<NOT:$<CONFIG:Release>>>:-Werror>)
    endif()
    target_compile_options(${target} INTERFACE
        $<$<CONFIG:Release>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong -g>)
    target_link_options(${target} INTERFACE -fuse-ld=mold)
endfunction()
