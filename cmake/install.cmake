# What `cmake --install` puts under a prefix: the program, its examples, its documents, and what else
# has been built.
install(TARGETS autoglm RUNTIME)
if(TARGET autoglm-digits-mlp)
  install(TARGETS autoglm-digits-mlp RUNTIME OPTIONAL)
endif()
if(TARGET autoglm_cuda)
  # Where the installed program looks for it, which is not where libraries to link with go.
  install(TARGETS autoglm_cuda LIBRARY DESTINATION lib/autoglm OPTIONAL)
endif()
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DATADIR}/autoglm USE_SOURCE_PERMISSIONS
  PATTERN CMakeLists.txt EXCLUDE
  PATTERN digits.csv EXCLUDE
  PATTERN *.db* EXCLUDE
  PATTERN *.trials EXCLUDE)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
# In the folders that they have here, since they name each other.
file(GLOB documents RELATIVE ${PROJECT_SOURCE_DIR} *.md)
file(GLOB_RECURSE inner RELATIVE ${PROJECT_SOURCE_DIR}
  bench/*.md docs/*.md gpu/*.md optimizer/*.md tests/*.md trainer/*.md)
foreach(document ${documents} ${inner})
  get_filename_component(folder ${document} DIRECTORY)
  install(FILES ${document} DESTINATION ${CMAKE_INSTALL_DOCDIR}/${folder})
endforeach()

# What the program says of itself: the manual page, and completions where the shells look for them.
function(install_text path)
  list(JOIN ARGN "\" \"" arguments)
  install(CODE "
    set(file \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${path}\")
    get_filename_component(folder \"\${file}\" DIRECTORY)
    file(MAKE_DIRECTORY \"\${folder}\")
    execute_process(COMMAND \"$<TARGET_FILE:autoglm>\" \"${arguments}\" OUTPUT_FILE \"\${file}\"
      COMMAND_ERROR_IS_FATAL ANY)
    message(STATUS \"Installing: \${file}\")")
endfunction()
install_text(${CMAKE_INSTALL_MANDIR}/man1/autoglm.1 manual)
install_text(${CMAKE_INSTALL_DATADIR}/bash-completion/completions/autoglm completion bash)
install_text(${CMAKE_INSTALL_DATADIR}/zsh/site-functions/_autoglm completion zsh)
install_text(${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d/autoglm.fish completion fish)
