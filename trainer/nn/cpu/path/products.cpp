// The table of one instruction set for products: compiled once for each, with NN_PRODUCTS its name.
#include "trainer/nn/cpu/kernels.h"
#include "trainer/nn/cpu/path/convolution.h"
#include "trainer/nn/cpu/path/convolution_data.h"
#include "trainer/nn/cpu/path/linear.h"

namespace autoglm::nn::cpu {

extern const ProductKernels NN_PRODUCTS;
const ProductKernels NN_PRODUCTS = {.linear_forward = linear_forward,
                                    .linear_backward_data = linear_backward_data,
                                    .linear_backward_weight = linear_backward_weight,
                                    .conv_forward = conv_forward,
                                    .conv_backward_data = conv_backward_data,
                                    .conv_backward_weight = conv_backward_weight};

}  // namespace autoglm::nn::cpu
