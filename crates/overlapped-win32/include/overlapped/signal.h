/* libc's <signal.h>. Ctrl+Break is SIGQUIT here, as it is for console handlers. */
#ifndef OVL_SIGNAL_H
#define OVL_SIGNAL_H
#pragma GCC system_header
#include "ovl/crt.h"
#include "ovl/hide.h"
#include_next <signal.h>
#include "ovl/show.h"

#define SIGBREAK SIGQUIT
#define SIGABRT_COMPAT SIGABRT

#endif
