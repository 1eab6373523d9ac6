// Rounding to decimal digits, so that values are short where people chose short numbers.
#pragma once

namespace autoglm {

/// The exponent of the first significant digit: 2 for 345.6, -3 for 0.001; 0 for 0.
int decimal_exponent(double number);

/// The exponent of the last digit of the shortest text that reads back as `number`: -2 for 0.25, 3
/// for 7000, 0 for 0.
int last_decimal(double number);

/// REQUIRES: exponent <= 308. 0 below the least number that a double has.
double power_of_ten(int exponent);

/// `number` rounded to a multiple of 10^exponent; unchanged where a double has no digits beyond.
double round_to_decimal(double number, int exponent);

}  // namespace autoglm
