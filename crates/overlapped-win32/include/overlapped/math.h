/* libc's <math.h>, with Microsoft's names. */
#pragma GCC system_header
/* Before the guard: libstdc++'s header of this name comes back here. */
#include_next <math.h>
#ifndef OVL_MATH_H
#define OVL_MATH_H
#include "ovl/floating.h"

#define _HUGE __builtin_huge_val()
#ifndef HUGE
#define HUGE _HUGE
#endif

#endif
