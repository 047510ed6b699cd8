/* libc's <pthread.h>. Its types are not in <sys/types.h> here: Windows programs have their own of these names. */
#ifndef OVL_PTHREAD_H
#define OVL_PTHREAD_H
#pragma GCC system_header
#include "ovl/crt.h"
#include <sys/types.h>
#ifdef OVL_NO_PTHREAD_TYPES
#undef OVL_NO_PTHREAD_TYPES
#undef _BITS_PTHREADTYPES_COMMON_H
#undef _BITS_SIGTHREAD_H
#include <bits/pthreadtypes.h>
#include <signal.h>
#include <bits/sigthread.h>
#endif
#ifdef OVL_HIDE_cpu_set_t
#include <sched.h>
#define cpu_set_t ovl_libc_cpu_set_t
#include_next <pthread.h>
#undef cpu_set_t
#else
#include_next <pthread.h>
#endif

#endif
