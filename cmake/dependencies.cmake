# Third-party libraries, all from Debian's packages; scripts/setup installs them.
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(CLI11 2.1 REQUIRED CONFIG)
find_package(nlohmann_json 3.11 REQUIRED CONFIG)
find_package(fmt 9 REQUIRED CONFIG)
find_package(SQLite3 3.40 REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)

# Header-only libraries that bring no CMake configuration.
foreach(library IN ITEMS LBFGSpp RapidJSON)
  string(TOLOWER ${library} folder)
  set(header_LBFGSpp LBFGS.h)
  set(header_RapidJSON rapidjson/document.h)
  find_path(${library}_INCLUDE_DIR ${header_${library}} REQUIRED)
  add_library(${folder} INTERFACE)
  target_include_directories(${folder} SYSTEM INTERFACE ${${library}_INCLUDE_DIR})
endforeach()
