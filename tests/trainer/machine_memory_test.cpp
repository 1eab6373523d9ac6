#include "trainer/train/machine_memory.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "tests/storage/fixtures.h"

namespace autoglm {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

/// Control groups as the kernel shows them.
class Groups {
 public:
  void set(const std::string& path, const std::string& text) const {
    fs::create_directories((root() / path).parent_path());
    std::ofstream(root() / path) << text << '\n';
  }
  fs::path root() const { return folder_.path(); }

 private:
  TemporaryFolder folder_{};
};

}  // namespace

TEST_CASE("the limit of a group around is one too, in version 2") {
  const Groups groups;
  groups.set("pod/memory.max", "2000");
  groups.set("pod/run/memory.max", "3000");
  groups.set("pod/run/job/memory.max", "max");
  CHECK(control_group_limit("0::/pod/run/job\n", groups.root()) == 2000);
  groups.set("pod/run/job/memory.max", "1000");
  CHECK(control_group_limit("0::/pod/run/job\n", groups.root()) == 1000);
}

TEST_CASE("in version 1 the group of the controller of memory counts") {
  const Groups groups;
  groups.set("memory/jobs/7/memory.limit_in_bytes", "5000");
  groups.set("memory/memory.limit_in_bytes", "9223372036854771712");
  groups.set("memory/other/memory.limit_in_bytes", "1");
  const std::string memberships = "9:name=systemd:/other\n4:cpu,memory:/jobs/7\n1:cpu:/other\n";
  CHECK(control_group_limit(memberships, groups.root()) == 5000);
}

TEST_CASE("in a container the group is not there by its path, and the root has the limit") {
  const Groups groups;
  groups.set("memory.max", "4000");
  CHECK(control_group_limit("0::/docker/1f2e\n", groups.root()) == 4000);
}

TEST_CASE("without a limit there is none") {
  const Groups groups;
  groups.set("a/memory.max", "max");
  CHECK_FALSE(control_group_limit("0::/a\n", groups.root()));
  CHECK_FALSE(control_group_limit("4:cpu:/a\n", groups.root()));
  CHECK_FALSE(control_group_limit("", groups.root()));
  CHECK_FALSE(control_group_limit("nonsense", groups.root()));
}

TEST_CASE("this machine has memory") { CHECK(machine_memory() > 1'000'000); }

}  // namespace autoglm
