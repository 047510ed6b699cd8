/* libc's <inttypes.h>. In formats `l` means 32 bits here, as on Windows, so the types of 64 bits take `ll`. */
#ifndef OVL_INTTYPES_H
#define OVL_INTTYPES_H
#pragma GCC system_header
#include "ovl/crt.h"
#include_next <inttypes.h>

#if OVL_FORMATS
#undef __PRI64_PREFIX
#undef __PRIPTR_PREFIX
#define __PRI64_PREFIX "ll"
#define __PRIPTR_PREFIX "ll"
#endif

#endif
