// libstdc++'s own, which brings <sys/time.h> to every C++20 program that includes <thread>: without its timeval, which winsock2.h has
// with the fields of Windows.
#pragma GCC system_header
#define OVL_LIBC_SYS_TIME
#if defined(_SYS_TIME_H) || defined(__timeval_defined)
#include_next <bits/atomic_timed_wait.h>
#else
#ifdef OVL_LIBC_TIMEVAL
#define __timeval_defined 1
#endif
#define timeval ovl_libc_timeval
#include_next <bits/atomic_timed_wait.h>
#undef timeval
#if defined(_SYS_TIME_H) || defined(__timeval_defined)
#define OVL_TIMEVAL_IS_FREE 1
#endif
#endif
#undef OVL_LIBC_SYS_TIME
