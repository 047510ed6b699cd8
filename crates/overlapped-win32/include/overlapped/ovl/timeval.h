/* The struct timeval of Windows, for winsock2.h and <sys/time.h>. libc's headers take it for theirs. */
#ifndef OVL_TIMEVAL_H
#define OVL_TIMEVAL_H
#include "base.h"
#ifndef OVL_TIMEVAL_IS_FREE
#define _SYS_TIME_H 1
#define __timeval_defined 1
#endif

struct timeval {
    int tv_sec;
    int tv_usec;
};
OVL_STATIC_ASSERT(sizeof(struct timeval) == 8, "struct timeval must have 8 bytes");
#ifndef timerisset
#define timerisset(time) ((time)->tv_sec || (time)->tv_usec)
#define timercmp(a, b, compare) \
    (((a)->tv_sec != (b)->tv_sec && (a)->tv_sec compare (b)->tv_sec) || \
     ((a)->tv_sec == (b)->tv_sec && (a)->tv_usec compare (b)->tv_usec))
#define timerclear(time) ((time)->tv_sec = (time)->tv_usec = 0)
#endif

#endif
