# autoglm_warnings: linked PRIVATE by each of our targets.
add_library(autoglm_warnings INTERFACE)
target_compile_options(autoglm_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wnon-virtual-dtor -Woverloaded-virtual>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC bug 105329: false alarms about "literal" + std::string.
  target_compile_options(autoglm_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
if(AUTOGLM_WERROR)
  target_compile_options(autoglm_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
endif()
if(AUTOGLM_SANITIZE)
  target_compile_options(autoglm_warnings INTERFACE
    -fsanitize=${AUTOGLM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(autoglm_warnings INTERFACE -fsanitize=${AUTOGLM_SANITIZE})
endif()
