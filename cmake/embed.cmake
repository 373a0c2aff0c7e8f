# Texts that travel inside the binary, written into generated sources.

# storage/migrations/NNNN_name.sql, in order, as `callboard::migrations`.
function(callboard_embed_migrations target folder)
    file(GLOB scripts CONFIGURE_DEPENDS ${folder}/*.sql)
    list(SORT scripts)
    set(generated ${CMAKE_CURRENT_BINARY_DIR}/migrations.cpp)
    set(text "#include \"storage/migrations.h\"\n\nnamespace callboard {\n\nconst std::vector<std::string_view> migrations{\n")
    foreach(script IN LISTS scripts)
        file(READ ${script} sql)
        string(APPEND text "R\"~sql~(${sql})~sql~\",\n")
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script})
    endforeach()
    string(APPEND text "};\n\n}  // namespace callboard\n")
    file(CONFIGURE OUTPUT ${generated} CONTENT "${text}" @ONLY)
    target_sources(${target} PRIVATE ${generated})
endfunction()

# One text file as `const std::string_view callboard::http::<name>`; `header` declares it.
function(callboard_embed_text target file name header)
    file(READ ${file} content)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    set(generated ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
    set(text "#include \"${header}\"\n\nnamespace callboard::http {\n\n")
    string(APPEND text "const std::string_view ${name} = R\"~text~(${content})~text~\";\n\n}  // namespace callboard::http\n")
    file(CONFIGURE OUTPUT ${generated} CONTENT "${text}" @ONLY)
    target_sources(${target} PRIVATE ${generated})
endfunction()
