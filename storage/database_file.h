// What must hold of a path before SQLite opens it, and how to open it.
#pragma once

#include <string>

#include "storage/sqlite.h"
#include "storage/storage.h"

namespace autoglm {

/// Whether a regular file begins as SQLite's do (sqlite.org/fileformat.html, section 1.3).
bool is_database(const std::string& path);

/// Opens `path` and checks what can be seen without reading tables: it exists (or may be created),
/// is a database, is not on a network file system. A reader changes nothing, not even beside it.
/// Throws StorageError.
std::unique_ptr<Connection> open_database(const std::string& path, OpenMode mode);

}  // namespace autoglm
