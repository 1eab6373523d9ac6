# Sets AUTOGLM_CUDA_FOUND: whether libautoglm_cuda.so is built. AUTOGLM_CUDA: AUTO, ON (an error if
# something is missing) or OFF.
set(AUTOGLM_CUDA AUTO CACHE STRING "build the CUDA library: AUTO (where the toolkit is), ON, OFF")
set(AUTOGLM_CUDNN "" CACHE PATH "where include/cudnn.h and lib/libcudnn.so.9 are, if not with CUDA")
set(AUTOGLM_CUDA_FOUND FALSE)
if(NOT AUTOGLM_CUDA STREQUAL "OFF")
  include(CheckLanguage)
  check_language(CUDA)
  find_package(CUDAToolkit 12 QUIET)
  find_path(CUDNN_INCLUDE_DIR cudnn.h
    HINTS ${AUTOGLM_CUDNN} ${CUDAToolkit_INCLUDE_DIRS} PATH_SUFFIXES include)
  find_library(CUDNN_LIBRARY NAMES cudnn libcudnn.so.9
    HINTS ${AUTOGLM_CUDNN} ${CUDAToolkit_LIBRARY_DIR} PATH_SUFFIXES lib)
  if(CMAKE_CUDA_COMPILER AND TARGET CUDA::cublas AND CUDNN_INCLUDE_DIR AND CUDNN_LIBRARY)
    set(AUTOGLM_CUDA_FOUND TRUE)
  elseif(AUTOGLM_CUDA STREQUAL "ON")
    message(FATAL_ERROR "AUTOGLM_CUDA is ON, but something is missing: nvcc "
      "(${CMAKE_CUDA_COMPILER}), cuBLAS, cudnn.h (${CUDNN_INCLUDE_DIR}) or libcudnn "
      "(${CUDNN_LIBRARY}); install it or name its place by AUTOGLM_CUDNN")
  endif()
endif()
