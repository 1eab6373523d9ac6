#include "gpu/cuda/gemm.h"

namespace autoglm::gpu {
namespace {

cudaDataType_t data_type(DType type) {
  switch (type) {
    case DType::f32:
      return CUDA_R_32F;
    case DType::bf16:
      return CUDA_R_16BF;
    case DType::f16:
      return CUDA_R_16F;
  }
  return CUDA_R_32F;
}

}  // namespace

// cuBLAS takes columns where we have rows, so it sees every matrix transposed: we have it compute
// result^T = b^T a^T, which is b times a as it sees them.
Status multiply(Context& context, const Product& product) {
  if (product.m == 0 || product.n == 0) {
    return Status::ok;
  }
  const float one = 1;
  const float beta = product.accumulate ? 1 : 0;
  const auto operation = [](const Factor& factor) {
    return factor.transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
  };
  return context.check(cublasGemmEx_64(
      context.cublas(), operation(product.b), operation(product.a), product.n, product.m, product.k,
      &one, product.b.data, data_type(product.type), product.b.columns, product.a.data,
      data_type(product.type), product.a.columns, &beta, product.result,
      data_type(product.result_type), product.n, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT));
}

}  // namespace autoglm::gpu
