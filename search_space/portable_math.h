// Elementary functions that give the same digits on every machine: those of the C library choose
// their code by the processor, and differ between versions. Whatever a suggestion depends on is
// computed with these. Special values are those of <cmath>; errno and the floating-point exceptions
// are not.
#pragma once

namespace autoglm::portable {

// Within 1.5 units in the last place of the true value.
double exp(double x);
double expm1(double x);
double log(double x);
double log1p(double x);
double pow(double x, double y);
// Within 3 units.
double tanh(double x);
double erf(double x);
// Within 6 units. (The complementary error function.)
double erfc(double x);

}  // namespace autoglm::portable
