#include "trainer/nn/model/status_error.h"

#include <stdexcept>
#include <string>

namespace autoglm::nn {
namespace {

[[noreturn]] void fail(Status status, const Backend& backend, const std::string& call) {
  const std::string place = backend.info().device + ": " + call + ": ";
  const std::string cause = backend.last_error();
  switch (status) {
    case Status::out_of_memory:
      throw DeviceMemoryError(place + "out of memory: " + cause +
                              "; lower training.batch, set training.memory to \"efficient\", or "
                              "make the model smaller");
    case Status::unsupported:
      throw DeviceError(place + "this device cannot do that: " + cause +
                        "; choose another training.device or training.precision");
    case Status::bad_argument:
      throw std::logic_error(place + "bad argument: " + cause +
                             "; this is a mistake in autoglm, please report it");
    case Status::ok:
    case Status::device_failed:
      break;
  }
  throw DeviceError(place + "the device failed: " + cause +
                    "; look after the device and its driver, then resume, or set training.device "
                    "to \"cpu\"");
}

}  // namespace

void require_ok(Status status, const Backend& backend, const char* call) {
  if (status != Status::ok) {
    fail(status, backend, call);
  }
}

void require_allocated(Status status, const Backend& backend, const char* what, std::size_t bytes) {
  if (status != Status::ok) {
    fail(status, backend, "allocating " + std::to_string(bytes) + " bytes for " + what);
  }
}

}  // namespace autoglm::nn
