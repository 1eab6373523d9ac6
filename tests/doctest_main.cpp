#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

// What happens when memory runs out is tested: then an allocation must give null, not end the
// program. Read by the address sanitizer where there is one.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming,cert-dcl37-c)
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }
