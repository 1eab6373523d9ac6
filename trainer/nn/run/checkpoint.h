// Checkpoints: a file of named byte arrays that is whole or not there.
//
// Layout, integers little endian:
//   offset 0   8 bytes  89 'A' 'G' 'L' 'M' '\r' '\n' 1a (line ends get lost where files are taken
//   for
//                       text)
//          8   u32      version of the layout, 1
//         12   u32      number of arrays
//         16   u64      fingerprint of the spec that the run has
//         24   u64      size of the file
//         32            for each array: u32 size of its name, the name, u64 size of the array
//                       the arrays, in this order, with nothing between them
//         end - 8  u64  CRC-64/XZ of all before
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace autoglm::nn {

/// what() is one line: the file, what is wrong, what to do.
class CheckpointError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct NamedBytes {
  std::string_view name{};             // unique in a checkpoint
  std::span<const std::byte> bytes{};  // not owned
};

/// Writes PATH.new, then gives it the name `path`: at every moment `path` is the old checkpoint or
/// the new one, also when the process is killed or the machine goes down, and when this returns it
/// is the new one on the disk. Throws CheckpointError when it cannot be written; the old one is
/// still there then, and no PATH.new.
/// REQUIRES: no other process or thread writes this checkpoint.
void write_checkpoint(const std::string& path, std::uint64_t fingerprint,
                      std::span<const NamedBytes> arrays);

class Checkpoint {
 public:
  /// none if there is no such file. Throws CheckpointError for whatever is not a whole checkpoint
  /// of a run with this fingerprint. Takes as much memory as the file is large, once.
  static std::optional<Checkpoint> read(const std::string& path, std::uint64_t fingerprint);

  Checkpoint(Checkpoint&&) noexcept = default;
  Checkpoint& operator=(Checkpoint&&) noexcept = default;
  Checkpoint(const Checkpoint&) = delete;  // arrays_ points into file_
  Checkpoint& operator=(const Checkpoint&) = delete;
  ~Checkpoint() = default;

  bool has(std::string_view name) const { return arrays_.find(name) != arrays_.end(); }
  /// Stays valid as long as the checkpoint. Throws CheckpointError if there is none of this name.
  std::span<const std::byte> at(std::string_view name) const;

 private:
  Checkpoint(std::string path, std::vector<std::byte> file);
  bool find_arrays();

  std::string path_;
  std::vector<std::byte> file_;
  std::map<std::string, std::span<const std::byte>, std::less<>> arrays_{};  // parts of file_
};

}  // namespace autoglm::nn
