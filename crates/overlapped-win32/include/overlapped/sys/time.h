/* The time of day as other compilers for Windows have it in this header: with the timeval of winsock2.h, whichever of the two comes first. */
#pragma GCC system_header
#if defined(OVL_LIBC_SYS_TIME) || \
    ((defined(_SYS_TIME_H) || defined(__timeval_defined)) && !defined(OVL_TIMEVAL_IS_FREE) && !defined(OVL_TIMEVAL_H))
/* A header of libc asks, or one has had libc's timeval before. */
#include_next <sys/time.h>
#elif !defined(OVL_SYS_TIME_H)
#define OVL_SYS_TIME_H
#include "../ovl/timeval.h"
#include <time.h>

#if !defined(_TIMEZONE_DEFINED) && !defined(OVL_TIMEVAL_IS_FREE)
#define _TIMEZONE_DEFINED
struct timezone {
    int tz_minuteswest;
    int tz_dsttime;
};
#endif
/* C++ has it in <time.h>, as a template that gives way to a program's own. */
#ifndef __cplusplus
#pragma push_macro("gettimeofday")
#undef gettimeofday
int gettimeofday(struct timeval *to, void *zone) OVL_SYMBOL(gettimeofday);
#pragma pop_macro("gettimeofday")
#endif

#endif
