// What the text of one cell of a table says.
#pragma once

#include <string_view>

namespace autoglm::nn {

/// Greatest size of a number: differences of two still fit into f32.
constexpr double kGreatestNumber = 1e38;

struct CellValue {
  enum class Kind {
    missing,  // nothing, or one of NA N/A NaN nan NAN -nan null NULL ?
    number,   // decimal; or true, false, in small, capital or mixed letters: 1 and 0
    beyond,   // infinite, or of a size above kGreatestNumber
    text
  };
  Kind kind = Kind::missing;
  double number = 0;  // of numbers
  bool word = false;  // a number that is written true or false
};

/// Without spaces, tabs and carriage returns around it.
std::string_view trimmed(std::string_view text);

/// REQUIRES: `text` is trimmed.
CellValue read_cell(std::string_view text);

}  // namespace autoglm::nn
