#include "search_space/portable_math.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace autoglm::portable {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// mpmath, 300 bits.
struct Reference {
  double x;
  double value;
};
struct PowerReference {
  double x;
  double y;
  double value;
};
constexpr Reference kExp[] = {
    {-745.0, 2.8223507304719370764e-324}, {-740.5, 2.5405991628101601162e-322},
    {-708.3, 2.4502955309659883375e-308}, {-708.4, 2.2171190816642651031e-308},
    {-100.7, 1.8473350586794258334e-44},  {-1.0, 0.3678794411714423216},
    {-0.3466, 0.70708810694101882027},    {-0.001, 0.99900049983337499165},
    {-1e-20, 0.99999999999999999999},     {5e-324, 1.0},
    {1e-09, 1.0000000010000000005},       {0.1, 1.1051709180756476309},
    {0.5, 1.6487212707001281468},         {1.0, 2.7182818284590452354},
    {2.0, 7.3890560989306502272},         {10.0, 22026.465794806716517},
    {88.8, 3.6757840844711624269e+38},    {500.25, 1.802248082388160778e+217},
    {709.78, 1.7928227943945156209e+308}};
constexpr Reference kExpm1[] = {{-50.0, -1.0},
                                {-36.5, -0.99999999999999985931},
                                {-5.0, -0.9932620530009145329},
                                {-1.0, -0.6321205588285576784},
                                {-0.7, -0.50341469620859046324},
                                {-0.5, -0.3934693402873665764},
                                {-0.25, -0.22119921692859513175},
                                {-0.001, -9.9950016662500835274e-4},
                                {-1e-10, -9.9999999995000003643e-11},
                                {-1e-300, -1.0000000000000000251e-300},
                                {5e-324, 4.9406564584124654418e-324},
                                {1e-20, 9.9999999999999994516e-21},
                                {1e-05, 1.0000050000166667901e-5},
                                {0.3, 0.349858807576003089},
                                {0.35, 0.41906754859325721676},
                                {0.5, 0.64872127070012814685},
                                {1.0, 1.7182818284590452354},
                                {3.0, 19.085536923187667741},
                                {40.0, 2.3538526683701998441e+17},
                                {100.5, 4.431955909845895416e+43},
                                {709.78, 1.7928227943945156209e+308}};
constexpr Reference kLog[] = {{5e-324, -744.44007192138126231},
                              {1e-310, -713.8013788281541651},
                              {2.2250738585072014e-308, -708.39641853226410622},
                              {1e-20, -46.051701859880913735},
                              {0.1, -2.3025850929940456285},
                              {0.5, -0.69314718055994530942},
                              {0.7, -0.35667494393873244235},
                              {0.7071067811865476, -0.34657359027997258635},
                              {0.999, -1.0005003335835343892e-3},
                              {0.9999999999999999, -1.1102230246251566021e-16},
                              {1.0000000000000002, 2.2204460492503128343e-16},
                              {1.001, 9.9950033308342314271e-4},
                              {1.4142135623730951, 0.34657359027997272307},
                              {1.5, 0.40546510810816438198},
                              {2.0, 0.69314718055994530942},
                              {10.0, 2.302585092994045684},
                              {12345.678, 9.4210613212918319671},
                              {1e+100, 230.25850929940456842},
                              {1.7976931348623157e+308, 709.78271289338399673}};
constexpr Reference kLog1p[] = {{-0.9999999999999999, -36.736800569677101399},
                                {-0.999, -6.9077552789821361639},
                                {-0.5, -0.69314718055994530942},
                                {-0.25, -0.28768207245178092744},
                                {-1e-05, -1.0000050000333336651e-5},
                                {-1e-16, -1.0000000000000000291e-16},
                                {-1e-300, -1.0000000000000000251e-300},
                                {5e-324, 4.9406564584124654418e-324},
                                {1e-17, 1.0000000000000000665e-17},
                                {1e-08, 9.9999999500000005426e-9},
                                {0.1, 0.09531017980432486509},
                                {0.41, 0.34358970439007689286},
                                {0.5, 0.40546510810816438198},
                                {1.0, 0.69314718055994530942},
                                {3.0, 1.3862943611198906188},
                                {10000000000.0, 23.02585093004045684},
                                {1e+16, 36.841361487904731044},
                                {1e+300, 690.77552789821370526}};
constexpr Reference kErfc[] = {{-30.0, 2.0},
                               {-6.0, 1.9999999999999999785},
                               {-2.0, 1.9953222650189527342},
                               {-1.0, 1.8427007929497148693},
                               {-0.5, 1.5204998778130465377},
                               {-0.46875, 1.4926134732179379916},
                               {-0.1, 1.1124629160182848984},
                               {-1e-10, 1.0000000001128379167},
                               {1e-300, 1.0},
                               {0.1, 0.8875370839817151016},
                               {0.46875, 0.50738652678206200841},
                               {0.5, 0.47950012218695346232},
                               {1.0, 0.15729920705028513066},
                               {2.0, 4.6777349810472658379e-3},
                               {3.999, 1.5544749490994991533e-8},
                               {4.0, 1.5417257900280018852e-8},
                               {4.001, 1.5290782173248731519e-8},
                               {5.0, 1.5374597944280348502e-12},
                               {10.0, 2.088487583762544757e-45},
                               {20.0, 5.3958656116079009289e-176},
                               {26.5, 2.2109076642637342759e-307}};
constexpr Reference kErf[] = {{-7.0, -1.0},
                              {-2.0, -0.99532226501895273416},
                              {-0.9, -0.79690821242283213966},
                              {-0.4, -0.42839235504666847645},
                              {-1e-09, -1.1283791670955126438e-9},
                              {5e-324, 5.5749338194485227127e-324},
                              {1e-300, 1.1283791670955126022e-300},
                              {0.05, 0.056371977797016626955},
                              {0.46875, 0.49261347321793799159},
                              {0.469, 0.49283989496257967285},
                              {0.7, 0.67780119383741844228},
                              {1.0, 0.84270079294971486934},
                              {2.5, 0.99959304798255504106},
                              {5.9, 0.9999999999999999281}};
constexpr Reference kTanh[] = {{-30.0, -1.0},
                               {-2.0, -0.96402758007581688395},
                               {-0.4, -0.37994896225522490427},
                               {-1e-09, -1.0000000000000000619e-9},
                               {5e-324, 4.9406564584124654418e-324},
                               {1e-300, 1.0000000000000000251e-300},
                               {0.05, 0.049958374957879974967},
                               {0.3, 0.29131261245159089566},
                               {0.5, 0.4621171572600097585},
                               {1.0, 0.76159415595576488812},
                               {5.0, 0.99990920426259513121},
                               {18.5, 0.99999999999999982934}};
constexpr PowerReference kPow[] = {{2.0, 0.5, 1.4142135623730950488},
                                   {2.0, -1074.0, 4.9406564584124654418e-324},
                                   {2.0, 1023.5, 1.2711610061536462837e+308},
                                   {10.0, -0.5, 0.3162277660168379332},
                                   {10.0, -2.5, 3.162277660168379332e-3},
                                   {10.0, 308.0, 1.0e+308},
                                   {10.0, -307.0, 1.0e-307},
                                   {0.5, 1000.0, 9.3326361850321887899e-302},
                                   {3.0, 400.25, 9.2850062742253171237e+190},
                                   {0.1, 3.0, 1.0000000000000001665e-3},
                                   {1.0000000000000002, 4500000000000000.0, 2.7161100340870360431},
                                   {0.9999999999999999, -1e+17, 66318.90284033475433},
                                   {1e+300, -0.9, 9.9999999999998461445e-271},
                                   {1e-300, 1.05, 9.9999999999996934972e-316},
                                   {5e-324, 0.25, 1.4908919308538353892e-81},
                                   {1.7976931348623157e+308, -0.5, 7.4583407312002071573e-155},
                                   {1.5, 700.0, 1.8360366198426332642e+123},
                                   {7.0, 1e-300, 1.0}};

/// In units of the last place of what is right.
double error(double computed, double right) {
  const double unit = std::nextafter(std::abs(right), kInfinity) - std::abs(right);
  return std::abs(computed - right) / unit;
}

double largest_error(double (*function)(double), std::span<const Reference> references) {
  double largest = 0;
  for (const Reference& reference : references) {
    largest = std::max(largest, error(function(reference.x), reference.value));
  }
  return largest;
}

}  // namespace

TEST_CASE("the elementary functions agree with mpmath to the last digits") {
  CHECK(largest_error(portable::exp, kExp) <= 1);
  CHECK(largest_error(portable::expm1, kExpm1) <= 1);
  CHECK(largest_error(portable::log, kLog) <= 1);
  CHECK(largest_error(portable::log1p, kLog1p) <= 1);
  CHECK(largest_error(portable::tanh, kTanh) <= 3);
  CHECK(largest_error(portable::erf, kErf) <= 3);
  CHECK(largest_error(portable::erfc, kErfc) <= 6);
  for (const PowerReference& reference : kPow) {
    CAPTURE(reference.x);
    CAPTURE(reference.y);
    CHECK(error(portable::pow(reference.x, reference.y), reference.value) <= 1);
  }
}

TEST_CASE("between the references they agree with the C library") {
  for (int i = -2000; i <= 2000; ++i) {
    const double x = i * 0.01;
    CAPTURE(x);
    CHECK(error(portable::exp(x), std::exp(x)) <= 2);
    CHECK((i == 0 || error(portable::expm1(x), std::expm1(x)) <= 2));
    CHECK(error(portable::erfc(x), std::erfc(x)) <= 10);
    CHECK((i == 0 || error(portable::erf(x), std::erf(x)) <= 4));
    CHECK((i == 0 || error(portable::tanh(x), std::tanh(x)) <= 4));
    const double positive = std::exp(x);
    CHECK(error(portable::log(positive), std::log(positive)) <= 2);
    CHECK(error(portable::log1p(positive), std::log1p(positive)) <= 2);
    CHECK(error(portable::log1p(-1 / (1 + positive)), std::log1p(-1 / (1 + positive))) <= 2);
    CHECK(error(portable::pow(positive, 1.7), std::pow(positive, 1.7)) <= 2);
  }
}

TEST_CASE("what has no value, or an infinite one, is as in the C library") {
  for (const double x : {kNan, kInfinity, -kInfinity, 0.0, -0.0, 1.0, -1.0, -2.0, 709.79, 1e300,
                         -745.14, -1e300, std::numeric_limits<double>::denorm_min()}) {
    CAPTURE(x);
    const auto same = [](double a, double b) {
      return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
    };
    CHECK(same(portable::exp(x), std::exp(x)));
    CHECK(same(portable::expm1(x), std::expm1(x)));
    CHECK((same(portable::log(x), std::log(x)) || error(portable::log(x), std::log(x)) <= 1));
    CHECK(
        (same(portable::log1p(x), std::log1p(x)) || error(portable::log1p(x), std::log1p(x)) <= 1));
    CHECK((same(portable::erf(x), std::erf(x)) || error(portable::erf(x), std::erf(x)) <= 4));
    CHECK((same(portable::tanh(x), std::tanh(x)) || error(portable::tanh(x), std::tanh(x)) <= 4));
    CHECK((same(portable::erfc(x), std::erfc(x)) || error(portable::erfc(x), std::erfc(x)) <= 6));
    for (const double y : {kNan, kInfinity, -kInfinity, 0.0, -0.0, 1.0, -1.0, 2.0, 3.0, -3.0, 0.5,
                           -0.5, 1e300, 0x1p53}) {
      CAPTURE(y);
      CHECK((same(portable::pow(x, y), std::pow(x, y)) ||
             error(portable::pow(x, y), std::pow(x, y)) <= 1));
    }
  }
}

}  // namespace autoglm::portable
