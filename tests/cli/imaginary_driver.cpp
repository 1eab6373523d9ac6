// A stand-in for the NVIDIA driver's library: two GPUs, or the status that IMAGINARY_STATUS says.
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

struct Memory {
  unsigned long long total, free, used;
};
struct Device {
  const char* name;
  const char* uuid;
  int major, minor;
  Memory memory;
};
Device devices[] = {{"Imaginary A", "GPU-0000", 9, 0, {80000000000, 79000000000, 1000000000}},
                    {"Imaginary B", "GPU-0001", 8, 6, {24000000000, 1500000000, 22500000000}}};

int write(const char* text, char* to, unsigned size) {
  std::snprintf(to, size, "%s", text);
  return 0;
}

}  // namespace

// NOLINTBEGIN(readability-identifier-naming): NVML's names.
extern "C" {
int nvmlInit_v2() {
  const char* status = std::getenv("IMAGINARY_STATUS");
  return status == nullptr ? 0 : std::atoi(status);
}
int nvmlShutdown() { return 0; }
const char* nvmlErrorString(int status) {
  static std::string text;
  text = "imaginary status " + std::to_string(status);
  return text.c_str();
}
int nvmlSystemGetDriverVersion(char* to, unsigned size) { return write("999.1", to, size); }
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 2;
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  *device = devices + index;
  return 0;
}
int nvmlDeviceGetName(void* device, char* to, unsigned size) {
  return write(static_cast<Device*>(device)->name, to, size);
}
int nvmlDeviceGetUUID(void* device, char* to, unsigned size) {
  return write(static_cast<Device*>(device)->uuid, to, size);
}
int nvmlDeviceGetCudaComputeCapability(void* device, int* major, int* minor) {
  *major = static_cast<Device*>(device)->major;
  *minor = static_cast<Device*>(device)->minor;
  return 0;
}
int nvmlDeviceGetMemoryInfo(void* device, Memory* memory) {
  *memory = static_cast<Device*>(device)->memory;
  return 0;
}
}
// NOLINTEND(readability-identifier-naming)
