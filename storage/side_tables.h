// autoglm's own tables beside Optuna's: what is true without loss. docs/storage.md describes them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/sqlite.h"

namespace autoglm {

/// Throws StorageError when a newer autoglm made them.
bool has_side_tables(Connection& connection);

/// Makes those that are missing. REQUIRES: in a transaction.
void create_side_tables(Connection& connection);

/// Gives a file of an earlier autoglm the tables and columns that it did not have, empty. REQUIRES:
/// in a transaction, and its tables.
void bring_up_to_date(Connection& connection);

/// What to select for such a column: its name, or '' in a file that nobody has written to since.
std::string column_or_empty(Connection& connection, const char* table, const char* name);

/// Which study of Optuna's a row of autoglm_study belongs to. Its uuid is an attribute of the
/// study, which Optuna's copies of a study carry too: while the recorded one still has it, the
/// others are copies and strangers; when that one is gone (a rename copies and deletes), the first
/// copy is it.
struct SideStudy {
  std::int64_t study = 0;
  std::string uuid{};
  std::int64_t study_id = 0;  // 0: deleted
  bool moved = false;         // not the one recorded
};
std::vector<SideStudy> side_studies(Connection& connection);

/// The uuid as the value of a study's attribute autoglm:study_uuid.
std::string uuid_attribute(const std::string& uuid);

/// Deletes the rows of studies that Optuna deleted, and follows those that it renamed.
/// REQUIRES: in a transaction.
void follow_studies(Connection& connection);

}  // namespace autoglm
