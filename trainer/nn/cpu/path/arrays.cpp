// The table of one instruction set for everything but products: compiled once for each, with
// NN_ARRAYS its name.
#include "trainer/nn/cpu/kernels.h"
#include "trainer/nn/cpu/path/batch_norm.h"
#include "trainer/nn/cpu/path/elementwise.h"
#include "trainer/nn/cpu/path/layer_norm.h"
#include "trainer/nn/cpu/path/losses.h"
#include "trainer/nn/cpu/path/pooling.h"
#include "trainer/nn/cpu/path/updates.h"

namespace autoglm::nn::cpu {

const ArrayKernels NN_ARRAYS = {.cast = cast,
                                .activation_forward = activation_forward,
                                .activation_backward = activation_backward,
                                .add = add,
                                .dropout = dropout,
                                .pool_forward = pool_forward,
                                .pool_backward = pool_backward,
                                .global_average_forward = global_average_forward,
                                .global_average_backward = global_average_backward,
                                .batch_norm_forward = batch_norm_forward,
                                .batch_norm_apply = batch_norm_apply,
                                .batch_norm_backward = batch_norm_backward,
                                .layer_norm_forward = layer_norm_forward,
                                .layer_norm_backward = layer_norm_backward,
                                .class_loss = class_loss,
                                .squared_loss = squared_loss,
                                .softmax = softmax,
                                .sum = sum,
                                .mean = mean,
                                .sum_of_squares = sum_of_squares,
                                .sgd = sgd,
                                .adam = adam};

}  // namespace autoglm::nn::cpu
