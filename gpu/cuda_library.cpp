#include "gpu/cuda_library.h"

#include <dlfcn.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "gpu/cuda_entry.h"

namespace autoglm {
namespace {

constexpr const char* kName = "libautoglm_cuda.so";

std::vector<std::string> candidates() {
  if (const char* named = std::getenv("AUTOGLM_CUDA_LIBRARY")) {
    return {named};
  }
  std::error_code ignored;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  std::vector<std::string> found;
  for (const char* folder : {".", "../lib", "../lib/autoglm"}) {
    const std::filesystem::path path = program.parent_path() / folder / kName;
    if (std::filesystem::exists(path, ignored)) {
      found.push_back(path.lexically_normal().string());
    }
  }
  found.emplace_back(kName);
  return found;
}

/// The library's function, or the reason why there is none.
struct Library {
  gpu::CudaEntry entry = nullptr;
  std::string reason{};
};

Library load() {
  Library library;
  // The first that exists is the one that is meant; only its failure is of interest.
  const std::string path = candidates().front();
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    library.reason = std::string("the CUDA library does not load: ") + dlerror();
    return library;
  }
  library.entry = reinterpret_cast<gpu::CudaEntry>(dlsym(handle, gpu::kCudaEntry));
  if (library.entry == nullptr) {
    library.reason = path + ": not a CUDA library of autoglm: it has no " + gpu::kCudaEntry;
  }
  return library;
}

}  // namespace

CudaBackend make_cuda_backend(int device) {
  static const Library library = load();
  if (library.entry == nullptr) {
    return {.backend = nullptr, .reason = library.reason};
  }
  gpu::CudaRequest request{.device = device};
  if (library.entry(&request) != 0) {
    return {.backend = nullptr, .reason = request.reason};
  }
  return {.backend = std::unique_ptr<nn::Backend>(request.backend), .reason = {}};
}

}  // namespace autoglm
