#include "gpu/cuda_library.h"

#include <dlfcn.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "gpu/build_id.h"
#include "gpu/cuda_entry.h"

namespace autoglm {
namespace {

/// A file, and the variable that may name another one.
struct LibraryName {
  const char* file;
  const char* variable;
};
constexpr LibraryName kCuda{"libautoglm_cuda.so", "AUTOGLM_CUDA_LIBRARY"};
constexpr LibraryName kEmulation{"libautoglm_cuda_emul.so", "AUTOGLM_CUDA_EMUL_LIBRARY"};

std::vector<std::string> candidates(const LibraryName& name) {
  if (const char* named = std::getenv(name.variable)) {
    return {named};
  }
  std::error_code ignored;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  std::vector<std::string> found;
  for (const char* folder : {".", "../lib", "../lib/autoglm"}) {
    const std::filesystem::path path = program.parent_path() / folder / name.file;
    if (std::filesystem::exists(path, ignored)) {
      found.push_back(path.lexically_normal().string());
    }
  }
  found.emplace_back(name.file);
  return found;
}

/// The library's function, or the reason why there is none.
struct Library {
  gpu::CudaEntry entry = nullptr;
  std::string reason{};
};

Library load(const LibraryName& name) {
  Library library;
  // The first that exists is the one that is meant; only its failure is of interest.
  const std::string path = candidates(name).front();
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

const Library& cuda() {
  static const Library library = load(kCuda);
  return library;
}
const Library& emulation() {
  static const Library library = load(kEmulation);
  return library;
}

CudaBackend ask(const Library& library, gpu::CudaRequest request) {
  if (library.entry == nullptr) {
    return {.backend = nullptr, .reason = library.reason};
  }
  if (library.entry(&request) != 0) {
    return {.backend = nullptr, .reason = request.reason};
  }
  return {.backend = std::unique_ptr<nn::Backend>(request.backend),
          .reason = {},
          .devices = request.devices,
          .identity = request.identity,
          .libraries = request.libraries,
          .build = build_id_of(reinterpret_cast<const void*>(library.entry)),
          .memory_bytes = request.memory_bytes,
          .own_bytes = request.own_bytes};
}

}  // namespace

CudaBackend make_cuda_backend(int device) { return ask(cuda(), {.device = device}); }
CudaBackend make_emulated_cuda_backend() { return ask(emulation(), {}); }

std::string cuda_problem() { return ask(cuda(), {.ask_only = 1}).reason; }
std::string emulated_cuda_problem() { return ask(emulation(), {.ask_only = 1}).reason; }

}  // namespace autoglm
