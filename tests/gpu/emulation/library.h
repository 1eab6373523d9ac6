// libautoglm_cuda_emul.so as tests see it.
#pragma once

#include "tests/gpu/emulation/control.h"

namespace autoglm::emulation {

/// Of the library that gpu/cuda_library.h loads. Ends the program where it is not there.
Control& library_control();

}  // namespace autoglm::emulation
