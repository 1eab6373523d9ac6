// The thirteen tables of Optuna's schema v3.2.0.a (Optuna 3.2 to 5.0), as Optuna makes them.
#pragma once

#include <string>

#include "storage/sqlite.h"

namespace autoglm {

inline constexpr const char* kOptunaSchema = "v3.2.0.a";

enum class FileContent { empty, study };

/// What the file holds. Throws StorageError for other tables and for other versions of Optuna's
/// schema, with what to do.
FileContent inspect_schema(Connection& connection);

/// REQUIRES: FileContent::empty, in a transaction.
void create_optuna_tables(Connection& connection);

}  // namespace autoglm
