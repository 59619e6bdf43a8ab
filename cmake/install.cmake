# `cmake --install`: programs, pages, man pages, what systemd needs, and settings to start with.
#
# Programs go below the prefix. What systemd runs finds them by name, and reads /etc/banmai and
# /var/lib/banmai whatever the prefix is.
include(GNUInstallDirs)

set(made ${PROJECT_BINARY_DIR}/install)
file(MAKE_DIRECTORY ${made})

# fill_in(FORM TEMPLATE OUTPUT): the settings that `banmai --help` lists, in a template.
function(fill_in form template output)
  add_custom_command(OUTPUT ${made}/${output}
    COMMAND sh -c "./banmai --help | awk -f '${PROJECT_SOURCE_DIR}/deploy/settings.awk' -v form=${form} - '${PROJECT_SOURCE_DIR}/${template}' >'${made}/${output}'"
    WORKING_DIRECTORY $<TARGET_FILE_DIR:banmai>
    DEPENDS banmai ${PROJECT_SOURCE_DIR}/${template} ${PROJECT_SOURCE_DIR}/deploy/settings.awk VERBATIM)
endfunction()

# zipped(SOURCE OUTPUT): as Debian wants manuals and changelogs, the same bytes whenever it is made.
function(zipped source output)
  add_custom_command(OUTPUT ${made}/${output}
    COMMAND sh -c "gzip -9n <'${source}' >'${made}/${output}'" DEPENDS ${source} VERBATIM)
endfunction()

fill_in(ini deploy/banmai.ini.in banmai.ini)
fill_in(man docs/man/banmai.ini.5.in banmai.ini.5)
zipped(${made}/banmai.ini.5 banmai.ini.5.gz)
zipped(${PROJECT_SOURCE_DIR}/docs/man/banmai.1 banmai.1.gz)
zipped(${PROJECT_SOURCE_DIR}/docs/man/banmai-transcode.1 banmai-transcode.1.gz)
zipped(${PROJECT_SOURCE_DIR}/deploy/debian/changelog changelog.gz)
add_custom_target(installed-texts ALL DEPENDS ${made}/banmai.ini ${made}/banmai.ini.5.gz
  ${made}/banmai.1.gz ${made}/banmai-transcode.1.gz ${made}/changelog.gz)

install(TARGETS banmai banmai-transcode RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(CODE "
  if(NOT EXISTS \"${PROJECT_SOURCE_DIR}/player-web/dist/index.html\")
    message(FATAL_ERROR \"the pages are not built: run deploy/build-web first\")
  endif()")
install(DIRECTORY player-web/dist/ DESTINATION ${CMAKE_INSTALL_DATADIR}/banmai/web
        PATTERN .vite EXCLUDE)
install(FILES ${made}/banmai.1.gz ${made}/banmai-transcode.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${made}/banmai.ini.5.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)

install(FILES deploy/systemd/banmai.service deploy/systemd/banmai-worker.service
        DESTINATION lib/systemd/system)
foreach(unit banmai.service banmai-worker.service)
  install(FILES deploy/systemd/hardening.conf DESTINATION lib/systemd/system/${unit}.d)
endforeach()
install(FILES deploy/systemd/sysusers.conf DESTINATION lib/sysusers.d RENAME banmai.conf)
install(FILES deploy/systemd/tmpfiles.conf DESTINATION lib/tmpfiles.d RENAME banmai.conf)

set(examples ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES ${made}/banmai.ini deploy/nginx.conf deploy/Caddyfile DESTINATION ${examples})
install(PROGRAMS deploy/certificate-hook DESTINATION ${examples})
# Settings that somebody has changed are never replaced; what is new stands in the example.
install(CODE "
  if(NOT EXISTS \"\$ENV{DESTDIR}/etc/banmai/banmai.ini\")
    file(INSTALL \"${made}/banmai.ini\" DESTINATION /etc/banmai)
  endif()")

install(FILES deploy/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR}
        COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${made}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR}
        COMPONENT debian EXCLUDE_FROM_ALL)
