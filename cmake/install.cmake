# What `cmake --install` puts under a prefix: the program, its examples, its documents.
foreach(program IN ITEMS autoglm autoglm-digits-mlp)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME)
  endif()
endforeach()
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DATADIR}/autoglm USE_SOURCE_PERMISSIONS
  PATTERN CMakeLists.txt EXCLUDE
  PATTERN digits.csv EXCLUDE
  PATTERN *.db* EXCLUDE
  PATTERN *.trials EXCLUDE)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
