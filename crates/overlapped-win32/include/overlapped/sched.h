/* libc's <sched.h>, which threads of libstdc++ come with. A program may have a cpu_set_t of its own; see ovl/prelude.h. */
#ifndef OVL_SCHED_H
#define OVL_SCHED_H
#pragma GCC system_header
#include "ovl/base.h"
#ifdef OVL_HIDE_cpu_set_t
#define cpu_set_t ovl_libc_cpu_set_t
#endif
#include_next <sched.h>
#ifdef OVL_HIDE_cpu_set_t
#undef cpu_set_t
#endif

#endif
