/* libc's <signal.h>. Ctrl+Break is SIGQUIT here, as it is for console handlers. */
#ifndef OVL_SIGNAL_H
#define OVL_SIGNAL_H
#pragma GCC system_header
#include "ovl/crt.h"
#include "ovl/hide.h"
/* Windows programs may have a pthread_attr_t of their own; <pthread.h> brings libc's. */
#ifndef __have_pthread_attr_t
#define pthread_attr_t ovl_libc_pthread_attr_t
#include_next <signal.h>
#undef pthread_attr_t
#undef __have_pthread_attr_t
#else
#include_next <signal.h>
#endif
#include "ovl/show.h"

#define SIGBREAK SIGQUIT
#define SIGABRT_COMPAT SIGABRT

#endif
