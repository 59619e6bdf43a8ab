# Everything is a Debian 12 package; deploy/packages.list names them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(jansson REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(libcrypto REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(libssl REQUIRED IMPORTED_TARGET libssl)
pkg_check_modules(libav REQUIRED IMPORTED_TARGET
                  libavformat libavcodec libavfilter libswscale libswresample libavutil)
pkg_check_modules(ebur128 REQUIRED IMPORTED_TARGET libebur128)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(libevent REQUIRED IMPORTED_TARGET libevent_core libevent_pthreads)
pkg_check_modules(nghttp2 REQUIRED IMPORTED_TARGET libnghttp2)
pkg_check_modules(argon2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(inih REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(libcurl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(zlib REQUIRED IMPORTED_TARGET zlib)
