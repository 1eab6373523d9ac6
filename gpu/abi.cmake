# autoglm_cuda_abi: the number by which the program and the CUDA library know that they were compiled
# from the same headers of what crosses between them.
set(text "")
foreach(header IN ITEMS gpu/cuda_entry.h trainer/nn/backend.h trainer/nn/tensor.h)
  set(header ${PROJECT_SOURCE_DIR}/${header})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
  file(SHA256 ${header} hash)
  string(APPEND text ${hash})
endforeach()
string(SHA256 hash "${text}")
string(SUBSTRING ${hash} 0 8 number)
add_library(autoglm_cuda_abi INTERFACE)
target_compile_definitions(autoglm_cuda_abi INTERFACE AUTOGLM_CUDA_ABI=0x${number}U)
