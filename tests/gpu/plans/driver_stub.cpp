// Empty: driver.cpp's library is linked with this one, whose name is the path of NVIDIA's stub, so
// that the stub is what it loads. Linked with the stub itself it would load itself, for the stub is
// called libcuda.so.1, too.
