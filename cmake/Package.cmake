# What `cmake --install` installs: the program, the deployment library, its headers, and what makes
# find_package(goldcrest) and pkg-config find it.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/goldcrest)
set(pkgconfig_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(TARGETS goldcrest_shared goldcrest_static EXPORT goldcrest)
install(DIRECTORY include/goldcrest TYPE INCLUDE)
if(GOLDCREST_TOOLS)
  install(TARGETS goldcrest)
endif()
install(FILES LICENSE TYPE DOC)

install(EXPORT goldcrest NAMESPACE goldcrest:: FILE goldcrest-targets.cmake
        DESTINATION ${package_folder})
configure_package_config_file(cmake/goldcrest-config.cmake.in goldcrest-config.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(goldcrest-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/goldcrest-config.cmake
              ${PROJECT_BINARY_DIR}/goldcrest-config-version.cmake DESTINATION ${package_folder})

# Relative to the .pc file, so that the installed tree can be moved.
file(RELATIVE_PATH pkgconfig_prefix /${pkgconfig_folder} /)
string(REGEX REPLACE "/$" "" pkgconfig_prefix ${pkgconfig_prefix})
configure_file(cmake/goldcrest.pc.in goldcrest.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/goldcrest.pc DESTINATION ${pkgconfig_folder})
