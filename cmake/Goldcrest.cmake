# Flags for all of our code, and the one way to declare a library.

add_library(goldcrest_flags INTERFACE)
target_compile_options(goldcrest_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                       -Woverloaded-virtual -Wno-missing-field-initializers -Werror)
target_include_directories(goldcrest_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
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
# throws, and without exceptions they share no symbol with the rest of the program.
function(goldcrest_isa_files folder stem)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${folder}/${stem}.cc)
  if(stem MATCHES "^${GOLDCREST_ARCHITECTURE}_")
    set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS "${ARGN};-fno-exceptions")
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
