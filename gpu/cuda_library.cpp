#include "gpu/cuda_library.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "gpu/build_id.h"
#include "gpu/cuda_entry.h"
#include "gpu/library_file.h"

namespace autoglm {
namespace {

/// A file, the variable that may name another one, and what makes it.
struct LibraryName {
  const char* file;
  const char* variable;
  const char* command;
};
constexpr LibraryName kCuda{"libautoglm_cuda.so", "AUTOGLM_CUDA_LIBRARY",
                            "scripts/build release autoglm autoglm_cuda"};
constexpr LibraryName kEmulation{"libautoglm_cuda_emul.so", "AUTOGLM_CUDA_EMUL_LIBRARY",
                                 "scripts/build test autoglm autoglm_cuda_emul"};

/// The file that the variable names; empty: none.
std::string named_file(const LibraryName& name) {
  const char* const named = std::getenv(name.variable);
  return named == nullptr ? "" : named;
}

/// The first that exists is the one that is meant; only its failure is of interest.
std::string file_of(const LibraryName& name) {
  if (std::string named = named_file(name); !named.empty()) {
    return named;
  }
  std::error_code ignored;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  for (const char* folder : {".", "../lib", "../lib/autoglm"}) {
    const std::filesystem::path path = program.parent_path() / folder / name.file;
    if (std::filesystem::exists(path, ignored)) {
      return path.lexically_normal().string();
    }
  }
  return name.file;
}

/// The library's function, or the reason why there is none.
struct Library {
  gpu::CudaEntry entry = nullptr;
  std::string path{};
  std::string reason{};
};

Library load(const LibraryName& name) {
  const std::string path = file_of(name);
  if (path.find('/') != std::string::npos && path.front() != '/') {
    return {.reason =
                path + ": trials run in other folders; write the whole path in " + name.variable};
  }
  if (is_cut_short(path)) {
    return {.reason = path + ": ends in the middle; copy or build it again"};
  }
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    std::error_code ignored;
    const std::string remedy = std::filesystem::exists(path, ignored)
                                   ? ""
                                   : std::string("; \"") + name.command + "\" builds it";
    return {.reason = std::string("the CUDA library does not load: ") + dlerror() + remedy};
  }
  const auto entry = reinterpret_cast<gpu::CudaEntry>(dlsym(handle, gpu::kCudaEntry));
  if (entry == nullptr) {
    return {.reason = path + ": not a CUDA library of autoglm: it has no " + gpu::kCudaEntry};
  }
  return {.entry = entry, .path = path};
}

/// Without a driver, NVIDIA's libraries would be loaded for nothing: 160 MB.
Library load_cuda() {
  const std::string path = file_of(kCuda);
  std::error_code ignored;
  if (named_file(kCuda).empty() && std::filesystem::exists(path, ignored) &&
      dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL) == nullptr) {
    return {.reason = std::string("there is no NVIDIA driver: ") + dlerror()};
  }
  return load(kCuda);
}

const Library& cuda() {
  static const Library library = load_cuda();
  return library;
}
const Library& emulation() {
  static const Library library = load(kEmulation);
  return library;
}

CudaBackend ask(const Library& library, gpu::CudaRequest request) {
  if (library.entry == nullptr) {
    return {.reason = library.reason};
  }
  if (library.entry(&request) != 0) {
    if (*request.reason == '\0') {  // it has written it where another build's request has it
      return {.reason = library.path + ": is of another build of autoglm; build both anew"};
    }
    return {.reason = request.reason, .is_full = request.is_full != 0, .devices = request.devices};
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
