// Checkpoints: a file of named arrays of bytes, its parts, that is whole or not there.
//
// Layout, integers little endian:
//   offset 0   8 bytes  89 'A' 'G' 'L' 'M' '\r' '\n' 1a
//                       (line ends get lost where files are taken for text)
//          8   u32      version of the layout and of what the parts are, 2
//         12   u32      number of parts
//         16   u64      fingerprint of the run
//         24   u64      size of the file
//         32            for each part: u32 size of its name, the name, u64 size of the part
//                       the parts, in this order, with nothing between them
//         end - 8  u64  CRC-64/XZ of all before
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "trainer/launch/file_descriptor.h"

namespace autoglm::nn {

/// what() is one line: the file, what is wrong, what to do.
class CheckpointError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Is asked for its bytes when they are written, so that only one part at a time is in memory.
struct CheckpointPart {
  std::string name{};                                 // unique in a checkpoint
  std::uint64_t size = 0;                             // bytes
  std::function<void(std::span<std::byte>)> write{};  // to [size]; aligned as by new
};

/// A part that has its bytes with it.
CheckpointPart part_of(std::string name, std::vector<std::byte> bytes);

/// Writes PATH.new, then gives it the name `path`: at every moment `path` is the old checkpoint or
/// the new one, also when the process is killed or the machine goes down, and when this returns it
/// is the new one on the disk. Throws CheckpointError when it cannot be written, and what a part
/// throws; the old one is still there then, and no PATH.new.
/// REQUIRES: no other process or thread writes this checkpoint.
void write_checkpoint(const std::string& path, std::uint64_t fingerprint,
                      std::span<const CheckpointPart> parts);

class Checkpoint {
 public:
  /// none if there is no such file. Throws CheckpointError for whatever is not a whole checkpoint
  /// of a run with this fingerprint. Reads all of it once, and keeps the table in memory.
  static std::optional<Checkpoint> read(const std::string& path, std::uint64_t fingerprint);

  /// All throw CheckpointError; where there is no such part, or it cannot be read.
  std::vector<std::byte> bytes(std::string_view part) const;
  /// To `to`, which is as large as the part; throws too where it is not.
  void read(std::string_view part, std::span<std::byte> to) const;
  /// Throws too where the part has another size.
  void require(std::string_view part, std::uint64_t size) const;
  /// The part's bytes are not what this program writes.
  [[noreturn]] void refuse(std::string_view part) const;

 private:
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };
  Checkpoint(std::string path, FileDescriptor file);
  bool find_parts(std::uint64_t file_size);
  const Place& place(std::string_view part) const;

  std::string path_;
  FileDescriptor file_;
  std::map<std::string, Place, std::less<>> parts_{};
};

}  // namespace autoglm::nn
