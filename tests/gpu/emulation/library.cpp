#include "tests/gpu/emulation/library.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

namespace autoglm::emulation {
namespace {

Control& load() {
  // The same file is the same library, whoever loads it.
  const char* named = std::getenv("AUTOGLM_CUDA_EMUL_LIBRARY");
  void* handle = dlopen(named == nullptr ? AUTOGLM_EMULATION_FILE : named, RTLD_NOW | RTLD_LOCAL);
  void* found = handle == nullptr ? nullptr : dlsym(handle, kControlEntry);
  if (found == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    std::exit(2);  // no test has failed: none can run
  }
  return *reinterpret_cast<ControlEntry>(found)();
}

}  // namespace

Control& library_control() {
  static Control& loaded = load();
  return loaded;
}

}  // namespace autoglm::emulation
