# Warnings are errors: a warning that is right is a bug, one that is wrong is silenced at its line.
add_compile_definitions(_GNU_SOURCE _FILE_OFFSET_BITS=64 BANMAI_VERSION="${PROJECT_VERSION}")
add_compile_options(
  -Wall -Wextra -Wpedantic -Werror
  -Wconversion -Wsign-conversion -Wshadow -Wvla -Wundef
  -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
  -Wcast-qual -Wpointer-arith -Wwrite-strings -Wformat=2)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  # A message for people may be cut to its buffer; what must not be cut checks the result.
  add_compile_options(-Wduplicated-cond -Wlogical-op -Wjump-misses-init -Wno-format-truncation)
else()
  # gcc says these better: clang's enumerations are unsigned, so that it calls every one in an int a
  # change of sign, and it looks into the macros of libseccomp and OpenSSL.
  add_compile_options(-Wno-sign-conversion -Wno-missing-field-initializers -Wno-cast-qual)
endif()

# So that tests/rules/dead_code can tell what no program reaches, and a release leaves it out.
add_compile_options(-ffunction-sections)

if(BANMAI_SANITIZE)
  add_compile_options(-fsanitize=${BANMAI_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${BANMAI_SANITIZE})
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    # As Debian's gcc has it without sanitizers: a program does not load what it never calls.
    add_link_options(-Wl,--as-needed)
  endif()
  if(BANMAI_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()

if(BANMAI_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(BANMAI_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

if(BANMAI_HARDEN)
  add_compile_options(-D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection
                      -fcf-protection)
  add_link_options(-pie -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
