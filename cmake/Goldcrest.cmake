# Flags for all of our code, and the one way to declare a library.
include(CheckCXXSourceCompiles)

add_library(goldcrest_flags INTERFACE)
target_compile_options(goldcrest_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                       -Woverloaded-virtual -Wno-missing-field-initializers -Werror)
# GCC 12 takes the payload of an empty std::optional for a variable that is read unset; clang-tidy and
# the sanitizers find those that are.
target_compile_options(goldcrest_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# libstdc++ 12 uses a function that it deprecates, which GCC does not mind in system headers.
target_compile_options(goldcrest_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
target_include_directories(goldcrest_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
# So that the deployment library can leave out what it does not use, and hide what it does.
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
target_compile_options(goldcrest_flags INTERFACE -ffunction-sections -fdata-sections
                       $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
# Release builds keep the order of float operations: results are part of the contract.
target_compile_options(goldcrest_flags INTERFACE -ffp-contract=off)
if(GOLDCREST_SANITIZE)
  target_compile_options(goldcrest_flags INTERFACE -fsanitize=${GOLDCREST_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(goldcrest_flags INTERFACE -fsanitize=${GOLDCREST_SANITIZE})
endif()

# goldcrest_library(tensor LINKS base): the static library goldcrest_tensor of all sources below the
# folder src/tensor (sub-folders with a library of their own excepted), linking what its row in
# docs/architecture.md allows. PRIVATE names outside libraries that only its sources see.
function(goldcrest_library folder)
  cmake_parse_arguments(ARG "" "" "LINKS;PRIVATE" ${ARGN})
  string(REPLACE "/" "_" name goldcrest_${folder})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${folder}/*.cc)
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC goldcrest_flags PRIVATE ${ARG_PRIVATE})
  foreach(link ${ARG_LINKS})
    string(REPLACE "/" "_" link goldcrest_${link})
    target_link_libraries(${name} PUBLIC ${link})
  endforeach()
endfunction()

# goldcrest_small(tensor graph): what runs once, when a model is opened, or only hands work on, and
# the reference kernels are compiled for size.
function(goldcrest_small)
  foreach(folder ${ARGN})
    string(REPLACE "/" "_" name goldcrest_${folder})
    target_compile_options(${name} PRIVATE "$<$<CONFIG:Release>:-Os;-fno-rtti>")
  endforeach()
endfunction()

# The architecture that is compiled for, as the files of its instruction sets are named.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(GOLDCREST_ARCHITECTURE x86)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64|ARM64")
  set(GOLDCREST_ARCHITECTURE arm64)
else()
  set(GOLDCREST_ARCHITECTURE other)
endif()

# goldcrest_isa_files(kernels x86_avx2 -mavx2 -mfma): all files of that name below the folder are
# compiled with these flags, or left out where another architecture is compiled for. Nothing in them
# throws, and without exceptions they share no symbol with the rest of the program. Their vectors and
# tiles are written out: what -O3 adds, and tables to unwind them, is size.
function(goldcrest_isa_files folder stem)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${folder}/${stem}.cc)
  if(stem MATCHES "^${GOLDCREST_ARCHITECTURE}_")
    set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS
      "${ARGN};-fno-exceptions;$<$<CONFIG:Release>:-O2>;$<$<CONFIG:Release>:-fno-asynchronous-unwind-tables>"
      SKIP_UNITY_BUILD_INCLUSION ON)
  else()
    set_source_files_properties(${sources} PROPERTIES HEADER_FILE_ONLY ON)
  endif()
endfunction()

# goldcrest_flatbuffers(library schema.fbs...): C++ headers of the schemas, in the build folder, seen
# by the library only.
function(goldcrest_flatbuffers library)
  find_program(FLATC flatc REQUIRED)
  foreach(schema ${ARGN})
    get_filename_component(stem ${schema} NAME_WE)
    set(header ${CMAKE_CURRENT_BINARY_DIR}/generated/${stem}_generated.h)
    add_custom_command(
      OUTPUT ${header}
      COMMAND ${FLATC} --cpp --scoped-enums -o ${CMAKE_CURRENT_BINARY_DIR}/generated
              ${CMAKE_CURRENT_SOURCE_DIR}/${schema}
      DEPENDS ${schema})
    target_sources(${library} PRIVATE ${header})
  endforeach()
  target_include_directories(${library} SYSTEM PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()

# goldcrest_protobuf(library messages.proto...): C++ of the messages, in the build folder, seen by the
# library only, and protobuf's small runtime.
function(goldcrest_protobuf library)
  foreach(messages ${ARGN})
    get_filename_component(stem ${messages} NAME_WE)
    get_filename_component(folder ${messages} DIRECTORY)
    set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
    add_custom_command(
      OUTPUT ${generated}/${stem}.pb.h ${generated}/${stem}.pb.cc
      COMMAND ${CMAKE_COMMAND} -E make_directory ${generated}
      COMMAND protobuf::protoc --cpp_out=${generated} -I ${CMAKE_CURRENT_SOURCE_DIR}/${folder}
              ${CMAKE_CURRENT_SOURCE_DIR}/${messages}
      DEPENDS ${messages})
    target_sources(${library} PRIVATE ${generated}/${stem}.pb.h ${generated}/${stem}.pb.cc)
    # Not ours to mend, and with macros of its own.
    set_source_files_properties(${generated}/${stem}.pb.cc PROPERTIES COMPILE_OPTIONS -w
                                SKIP_UNITY_BUILD_INCLUSION ON)
  endforeach()
  target_include_directories(${library} SYSTEM PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
  target_link_libraries(${library} PRIVATE protobuf::libprotobuf-lite)
endfunction()

# The goldcrest_ libraries that a target links, itself included, into `out`.
function(goldcrest_reachable target out)
  set(reached ${target})
  get_target_property(links ${target} LINK_LIBRARIES)
  foreach(link ${links})
    if(link MATCHES "^goldcrest_" AND NOT link STREQUAL "goldcrest_flags")
      goldcrest_reachable(${link} more)
      list(APPEND reached ${more})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES reached)
  set(${out} ${reached} PARENT_SCOPE)
endfunction()

# goldcrest_deployment_library(api): libgoldcrest, shared and static, of the library of that folder
# and all that it links: goldcrest_shared and goldcrest_static, outside goldcrest::goldcrest and
# goldcrest::goldcrest_static. The objects are those of the libraries, so that every file keeps its
# flags. Only the functions of goldcrest.h can be seen from outside, in the static library too: it is
# one object, all else in which is local, so that it meets no other copy of what it uses.
function(goldcrest_deployment_library folder)
  goldcrest_reachable(goldcrest_${folder} libraries)
  set(objects "")
  foreach(library ${libraries})
    list(APPEND objects $<TARGET_OBJECTS:${library}>)
  endforeach()
  set(joined ${CMAKE_CURRENT_BINARY_DIR}/goldcrest_joined.o)
  set(hidden ${CMAKE_CURRENT_BINARY_DIR}/goldcrest.o)
  add_custom_command(
    OUTPUT ${hidden}
    COMMAND ${CMAKE_LINKER} -r --force-group-allocation --gc-sections --gc-keep-exported
            -o ${joined} ${objects}
    COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=goldcrest_* ${joined} ${hidden}
    DEPENDS ${libraries} ${objects}
    COMMAND_EXPAND_LISTS VERBATIM)
  add_library(goldcrest_static STATIC ${hidden})
  target_link_libraries(goldcrest_static INTERFACE stdc++ m)

  set(exports ${PROJECT_SOURCE_DIR}/src/${folder}/exports.map)
  add_library(goldcrest_shared SHARED ${objects})
  target_link_libraries(goldcrest_shared PRIVATE goldcrest_flags)
  target_link_options(goldcrest_shared PRIVATE LINKER:--gc-sections LINKER:--version-script=${exports})
  # Addresses to relocate as a bit map, 20 KB smaller than a list, which glibc reads since 2.36.
  check_cxx_source_compiles("#include <features.h>
    static_assert(__GLIBC_PREREQ(2, 36)); int main() {}" GOLDCREST_GLIBC_READS_RELR)
  if(GOLDCREST_ARCHITECTURE STREQUAL x86 AND GOLDCREST_GLIBC_READS_RELR)
    target_link_options(goldcrest_shared PRIVATE LINKER:-z,pack-relative-relocs)
  endif()
  set_target_properties(goldcrest_shared PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LINK_DEPENDS ${exports})

  foreach(library goldcrest_static goldcrest_shared)
    target_link_libraries(${library} PRIVATE Threads::Threads)
    target_include_directories(${library} INTERFACE
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    set_target_properties(${library} PROPERTIES OUTPUT_NAME goldcrest LINKER_LANGUAGE CXX
                          ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}
                          LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  endforeach()
  set_target_properties(goldcrest_shared PROPERTIES EXPORT_NAME goldcrest)
  add_library(goldcrest::goldcrest ALIAS goldcrest_shared)
  add_library(goldcrest::goldcrest_static ALIAS goldcrest_static)
endfunction()
