// The program: dispatches a command and turns whatever goes wrong into an exit status.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <exception>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "search_space/spec_document.h"
#include "storage/storage.h"
#include "trainer/launch/device_error.h"
#include "trainer/launch/guardian.h"
#include "trainer/nn/data/data_error.h"

namespace autoglm {
namespace {

/// A program started with a standard descriptor closed would open its database there, and then
/// print into it.
void open_standard_descriptors() {
  int descriptor = 0;
  do {
    descriptor = ::open("/dev/null", O_RDWR);
  } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor > STDERR_FILENO) {
    ::close(descriptor);
  }
}

int failed(const std::exception& error, int status) {
  write_stderr(fmt::format("{}\n", error.what()));
  return status;
}

int guarded(int argc, char** argv) {
  try {
    return run_command_line(argc, argv);
  } catch (const SpecError& error) {
    return failed(error, exit_usage);
  } catch (const UsageError& error) {
    return failed(error, exit_usage);
  } catch (const nn::DataError& error) {
    return failed(error, exit_usage);
  } catch (const StorageError& error) {
    return failed(error, exit_storage);
  } catch (const DeviceError& error) {
    return failed(error, exit_device);
  } catch (const std::exception& error) {
    return failed(error, exit_internal_error);
  }
}

}  // namespace
}  // namespace autoglm

int main(int argc, char** argv) {
  autoglm::open_standard_descriptors();
  autoglm::run_as_guardian_if_asked(argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  return autoglm::guarded(argc, argv);
}
