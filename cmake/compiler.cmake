# Warnings are errors: a warning that is right is a bug, one that is wrong is silenced at its line.
add_compile_definitions(_GNU_SOURCE _FILE_OFFSET_BITS=64 BANMAI_VERSION="${PROJECT_VERSION}")
add_compile_options(
  -Wall -Wextra -Wpedantic -Werror
  -Wconversion -Wsign-conversion -Wshadow -Wvla -Wundef
  -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
  -Wcast-qual -Wpointer-arith -Wwrite-strings -Wformat=2)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wduplicated-cond -Wlogical-op -Wjump-misses-init)
endif()

if(BANMAI_SANITIZE)
  add_compile_options(-fsanitize=${BANMAI_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${BANMAI_SANITIZE})
  if(BANMAI_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()

if(BANMAI_HARDEN)
  add_compile_options(-D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection
                      -fcf-protection)
  add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
