#include "trainer/train/memory_reservation.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace autoglm {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

/// A file for each test.
class DeviceFile {
 public:
  DeviceFile() { ::close(::mkstemp(path_.data())); }
  ~DeviceFile() { std::filesystem::remove(path_); }
  DeviceFile(const DeviceFile&) = delete;
  DeviceFile& operator=(const DeviceFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = std::filesystem::temp_directory_path() / "autoglm-memory-XXXXXX";
};

bool never() { return false; }
void nothing() {}

}  // namespace

TEST_CASE("shares that fit together are taken, and one more that does not fit is not") {
  const DeviceFile file;
  MemoryReservation first(file.path());
  MemoryReservation second(file.path());
  MemoryReservation third(file.path());
  CHECK(first.take(60 * kMiB, 100 * kMiB));
  CHECK_FALSE(second.take(41 * kMiB, 100 * kMiB));
  CHECK(second.take(40 * kMiB, 100 * kMiB));
  CHECK_FALSE(third.take(1, 100 * kMiB));
  CHECK(third.take(0, 100 * kMiB));
}

TEST_CASE("a share is rounded up to a MiB, and what there is is rounded down") {
  const DeviceFile file;
  MemoryReservation first(file.path());
  CHECK(first.take(kMiB + 1, 3 * kMiB - 1));
  CHECK_FALSE(MemoryReservation(file.path()).take(1, 3 * kMiB - 1));
}

TEST_CASE("all that there is can be taken, also where it is no whole number of MiB") {
  const DeviceFile file;
  MemoryReservation all(file.path());
  CHECK(all.take(3 * kMiB - 1, 3 * kMiB - 1));
  CHECK_FALSE(MemoryReservation(file.path()).take(1, 3 * kMiB - 1));
}

TEST_CASE("what is given back is there for others, in pieces too") {
  const DeviceFile file;
  auto left = std::make_unique<MemoryReservation>(file.path());
  MemoryReservation middle(file.path());
  auto right = std::make_unique<MemoryReservation>(file.path());
  REQUIRE(left->take(30 * kMiB, 100 * kMiB));
  REQUIRE(middle.take(40 * kMiB, 100 * kMiB));
  REQUIRE(right->take(30 * kMiB, 100 * kMiB));
  left.reset();
  right.reset();
  MemoryReservation both(file.path());
  CHECK_FALSE(both.take(61 * kMiB, 100 * kMiB));
  CHECK(both.take(60 * kMiB, 100 * kMiB));
}

TEST_CASE("who waits gets its share when another one has given back, and says once that it waits") {
  const DeviceFile file;
  auto holder = std::make_unique<MemoryReservation>(file.path());
  REQUIRE(holder->take(60 * kMiB, 100 * kMiB));
  MemoryReservation waiter(file.path());
  int told = 0;
  CHECK(waiter.wait(50 * kMiB, 100 * kMiB, never, [&] {
    ++told;
    holder.reset();
  }));
  CHECK(told == 1);
  CHECK_FALSE(MemoryReservation(file.path()).take(51 * kMiB, 100 * kMiB));
}

TEST_CASE("who came first is served first: a small share does not overtake a large one") {
  const DeviceFile file;
  MemoryReservation holder(file.path());
  REQUIRE(holder.take(60 * kMiB, 100 * kMiB));
  MemoryReservation large(file.path());
  bool overtaken = true;
  int looks = 0;
  CHECK_FALSE(large.wait(
      50 * kMiB, 100 * kMiB, [&] { return looks++ > 0; },
      [&] {
        MemoryReservation small(file.path());
        int small_looks = 0;
        overtaken = small.wait(
            kMiB, 100 * kMiB, [&] { return small_looks++ > 0; }, nothing);
      }));
  CHECK_FALSE(overtaken);
}

// Regression: whoever looked first when the turn became free had it.
TEST_CASE(
    "when the first of three leaves, the second is served before the third, who looks first") {
  const DeviceFile file;
  std::promise<void> first_waits;
  std::atomic<bool> first_leaves = false;
  auto holder = std::make_unique<MemoryReservation>(file.path());
  REQUIRE(holder->take(60 * kMiB, 100 * kMiB));
  std::thread first_thread([&] {
    MemoryReservation first(file.path());
    first.wait(
        50 * kMiB, 100 * kMiB, [&] { return first_leaves.load(); },
        [&] { first_waits.set_value(); });
  });
  first_waits.get_future().wait();

  MemoryReservation second(file.path());
  bool overtaken = true;
  CHECK(second.wait(50 * kMiB, 100 * kMiB, never, [&] {
    MemoryReservation third(file.path());
    int looks = 0;
    overtaken = third.wait(
        kMiB, 100 * kMiB, [&] { return looks++ > 2; },
        [&] {
          first_leaves = true;
          first_thread.join();
          holder.reset();
        });
  }));
  CHECK_FALSE(overtaken);
}

TEST_CASE("a wait that is stopped takes nothing, nor the turn of others") {
  const DeviceFile file;
  MemoryReservation holder(file.path());
  REQUIRE(holder.take(60 * kMiB, 100 * kMiB));
  MemoryReservation stopped(file.path());
  int looks = 0;
  CHECK_FALSE(stopped.wait(
      50 * kMiB, 100 * kMiB, [&] { return looks++ > 0; }, nothing));
  int next_looks = 0;
  CHECK(MemoryReservation(file.path())
            .wait(
                40 * kMiB, 100 * kMiB, [&] { return next_looks++ > 0; }, nothing));
}

TEST_CASE("a file that cannot be opened is named, with why and what to do") {
  CHECK_THROWS_WITH_AS(
      MemoryReservation("/nowhere/device"),
      "/nowhere/device: cannot be opened to reserve memory of the device: No such file or "
      "directory; it must be in a folder that is there, and this user's to read and write",
      std::runtime_error);
}

}  // namespace autoglm
