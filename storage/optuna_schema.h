// The thirteen tables of Optuna's schema v3.2.0.a (Optuna 3.2 to 5.0), as Optuna makes them.
#pragma once

#include <string>

#include "storage/sqlite.h"

namespace autoglm {

inline constexpr const char* kOptunaSchema = "v3.2.0.a";

enum class FileContent { empty, study };

/// Which versions of Optuna's schema are taken: the current one, or all since v2.6.0.a, that of
/// Optuna 2.10.
enum class Schemas { current, since_2_10 };

/// What the file holds. Throws StorageError for other tables and for versions of Optuna's schema
/// that are not taken, with what to do.
FileContent inspect_schema(Connection& connection, Schemas taken = Schemas::current);

/// REQUIRES: FileContent::empty, in a transaction.
void create_optuna_tables(Connection& connection);

}  // namespace autoglm
