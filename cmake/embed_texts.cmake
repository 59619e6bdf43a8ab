# Text files become constants of a program: SQL and Lua are kept as what they are, and a binary needs
# no file beside it. Included, this defines the functions; as a script (-P) it writes their C files.
#
# embed_list(TARGET NAME FILES...): `const struct embedded_text NAME[]` (common/embedded_text.h) of
# the files in the order given, ended by a NULL name.
function(embed_list target name)
  embed(${target} ${name} LIST ${ARGN})
endfunction()

# embed_texts(TARGET NAME FILES...): `const char NAME_FILE[]` of each FILE.ext.
function(embed_texts target name)
  embed(${target} ${name} TEXTS ${ARGN})
endfunction()

function(embed target name form)
  set(script ${PROJECT_SOURCE_DIR}/cmake/embed_texts.cmake)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D NAME=${name} -D FORM=${form} -D OUTPUT=${output}
            -D "FILES=${ARGN}" -P ${script}
    DEPENDS ${ARGN} ${script}
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  set(body "")
  foreach(file ${FILES})
    cmake_path(GET file FILENAME filename)
    cmake_path(GET file STEM stem)
    file(READ ${file} text HEX)
    string(REGEX REPLACE "(..)" "\\\\x\\1" text "${text}")
    if(FORM STREQUAL "LIST")
      string(APPEND body "    {\"${filename}\", \"${text}\"},\n")
    else()
      string(APPEND body "extern const char ${NAME}_${stem}[];\n"
                         "const char ${NAME}_${stem}[] = \"${text}\";\n")
    endif()
  endforeach()
  if(FORM STREQUAL "LIST")
    string(CONCAT body "#include \"common/embedded_text.h\"\n\n"
                       "extern const struct embedded_text ${NAME}[];\n"
                       "const struct embedded_text ${NAME}[] = {\n${body}    {0},\n};\n")
  endif()
  file(WRITE ${OUTPUT} "/* Made by cmake/embed_texts.cmake. */\n"
                       "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n${body}")
endif()
