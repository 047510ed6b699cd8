/* off_t, in the headers that have it on Windows, if the program includes them itself. One that has an off_t of its own says so with
 * Microsoft's macro or mingw's. C++ has libc's from the start. */
#ifndef OVL_OFF_T
#define OVL_OFF_T
typedef __off_t _off_t;
typedef __dev_t _dev_t;
typedef __ino_t _ino_t;
typedef __time_t __time64_t;
typedef __mode_t _mode_t;
typedef unsigned long long _sigset_t;
#endif
#if !defined(__cplusplus) && !defined(OVL_WITHOUT_POSIX) && !defined(_OFF_T_DEFINED) && !defined(_OFF_T_)
#define _OFF_T_DEFINED 1
#define _OFF_T_ 1
typedef __off_t off_t;
#endif
