# Text files become constants of a program: SQL and Lua are kept as what they are, and a binary needs
# no file beside it. Included, this defines embed_texts(); as a script (-P) it writes the C file.
#
# embed_texts(TARGET NAME FILES...): `const struct embedded_text NAME[]` (common/embedded_text.h) of
# the files in the order given, ended by a NULL name.
function(embed_texts target name)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D NAME=${name} -D OUTPUT=${output} -D "FILES=${ARGN}"
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_texts.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/embed_texts.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  set(entries "")
  foreach(file ${FILES})
    cmake_path(GET file FILENAME filename)
    file(READ ${file} text HEX)
    string(REGEX REPLACE "(..)" "\\\\x\\1" text "${text}")
    string(APPEND entries "    {\"${filename}\", \"${text}\"},\n")
  endforeach()
  file(WRITE ${OUTPUT}
    "/* Made by cmake/embed_texts.cmake. */\n"
    "#include \"common/embedded_text.h\"\n\n"
    "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n"
    "extern const struct embedded_text ${NAME}[];\n"
    "const struct embedded_text ${NAME}[] = {\n${entries}    {0},\n};\n")
endif()
