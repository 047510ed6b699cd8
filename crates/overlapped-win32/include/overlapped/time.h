/* libc's <time.h>, with Microsoft's functions. */
#ifndef OVL_TIME_H
#define OVL_TIME_H
#pragma GCC system_header
#include "ovl/crt.h"
#include "ovl/hide.h"
/* With _GNU_SOURCE, which C++ has, libc's header brings its timeval of 16 bytes along; winsock2.h may come later. */
#ifndef __timeval_defined
#define timeval ovl_libc_timeval
#include_next <time.h>
#undef timeval
#undef __timeval_defined
#define OVL_LIBC_TIMEVAL 1
#else
#include_next <time.h>
#endif
#include "ovl/show.h"

#define _TIMESPEC_DEFINED 1
typedef time_t __time64_t;
#define _tzset tzset
#define _difftime64 difftime
#define _ctime64 ctime
#define _mkgmtime64 _mkgmtime
#define _ctime64_s ctime_s
OVL_BEGIN
time_t _time64(time_t *to) OVL_LIBC(time);
time_t _mktime64(struct tm *from) OVL_LIBC(mktime);
/* Dates and texts that each thread has for itself. */
#pragma push_macro("localtime")
#pragma push_macro("gmtime")
#pragma push_macro("asctime")
#pragma push_macro("ctime")
#pragma push_macro("strftime")
#undef localtime
#undef gmtime
#undef asctime
#undef ctime
#undef strftime
struct tm *localtime(const time_t *from) OVL_NOTHROW OVL_SYMBOL(localtime);
struct tm *gmtime(const time_t *from) OVL_NOTHROW OVL_SYMBOL(gmtime);
char *asctime(const struct tm *from) OVL_NOTHROW OVL_SYMBOL(asctime);
char *ctime(const time_t *from) OVL_NOTHROW OVL_SYMBOL(ctime);
/* With Microsoft's #. */
size_t strftime(char *to, size_t room, const char *format, const struct tm *time) OVL_NOTHROW OVL_SYMBOL(strftime);
#pragma pop_macro("localtime")
#pragma pop_macro("gmtime")
#pragma pop_macro("asctime")
#pragma pop_macro("ctime")
#pragma pop_macro("strftime")
struct tm *_localtime64(const time_t *from) OVL_SYMBOL(localtime);
struct tm *_gmtime64(const time_t *from) OVL_SYMBOL(gmtime);
size_t ovl_strftime(char *to, size_t room, const char *format, const struct tm *time) OVL_SYMBOL(strftime);
/* The zone: its difference from UTC in seconds, whether it has summer time, and its names. */
extern long ovl_zone OVL_LIBC(timezone);
extern int ovl_zone_summer OVL_LIBC(daylight);
extern char *ovl_zone_names[2] OVL_LIBC(tzname);
#define _timezone ovl_zone
#define _daylight ovl_zone_summer
#define _tzname ovl_zone_names
#define _dstbias (ovl_zone_summer ? -3600L : 0L)
OVL_INLINE errno_t _get_timezone(long *seconds) { return seconds ? (*seconds = ovl_zone, 0) : 22; }
OVL_INLINE errno_t _get_daylight(int *hours) { return hours ? (*hours = ovl_zone_summer, 0) : 22; }
OVL_INLINE errno_t _get_dstbias(long *seconds) { return seconds ? (*seconds = ovl_zone_summer ? -3600 : 0, 0) : 22; }
OVL_INLINE errno_t _get_tzname(size_t *bytes, char *to, size_t room, int index) {
    size_t length = 0;
    if (!bytes || index < 0 || index > 1 || !to != !room) return 22;
    while (ovl_zone_names[index][length]) length++;
    *bytes = length + 1;
    if (!to) return 0;
    *to = 0;
    if (length >= room) return 34;
    __builtin_memcpy(to, ovl_zone_names[index], length + 1);
    return 0;
}
OVL_INLINE size_t _strftime_l(char *to, size_t room, const char *format, const struct tm *time, _locale_t locale)
    OVL_IN_LOCALE(size_t, ovl_strftime(to, room, format, time))
time_t _mkgmtime(struct tm *from) OVL_SYMBOL(_mkgmtime);
errno_t localtime_s(struct tm *to, const time_t *from) OVL_SYMBOL(localtime_s);
errno_t gmtime_s(struct tm *to, const time_t *from) OVL_SYMBOL(gmtime_s);
errno_t ctime_s(char *to, size_t room, const time_t *from) OVL_SYMBOL(ctime_s);
errno_t asctime_s(char *to, size_t room, const struct tm *from) OVL_SYMBOL(asctime_s);
errno_t _strdate_s(char *to, size_t room) OVL_SYMBOL(_strdate_s);
errno_t _strtime_s(char *to, size_t room) OVL_SYMBOL(_strtime_s);
OVL_INLINE char *_strdate(char *to) { return _strdate_s(to, 9) ? 0 : to; }
OVL_INLINE char *_strtime(char *to) { return _strtime_s(to, 9) ? 0 : to; }
#define _localtime64_s localtime_s
#define _gmtime64_s gmtime_s
wchar_t *_wasctime(const struct tm *from) OVL_SYMBOL(_wasctime);
wchar_t *_wctime(const time_t *from) OVL_SYMBOL(_wctime);
errno_t _wasctime_s(wchar_t *to, size_t room, const struct tm *from) OVL_SYMBOL(_wasctime_s);
errno_t _wctime_s(wchar_t *to, size_t room, const time_t *from) OVL_SYMBOL(_wctime_s);
errno_t _wstrdate_s(wchar_t *to, size_t room) OVL_SYMBOL(_wstrdate_s);
errno_t _wstrtime_s(wchar_t *to, size_t room) OVL_SYMBOL(_wstrtime_s);
OVL_INLINE wchar_t *_wstrdate(wchar_t *to) { return _wstrdate_s(to, 9) ? (wchar_t *)0 : to; }
OVL_INLINE wchar_t *_wstrtime(wchar_t *to) { return _wstrtime_s(to, 9) ? (wchar_t *)0 : to; }
#define _wctime64 _wctime
#define _wctime64_s _wctime_s
/* Times of 32 bits, which end in 2038. */
typedef int __time32_t;
OVL_INLINE __time32_t _time32(__time32_t *to) {
    time_t now = _time64(0);
    if (to) *to = (__time32_t)now;
    return (__time32_t)now;
}
OVL_INLINE double _difftime32(__time32_t end, __time32_t start) { return (double)end - (double)start; }
OVL_INLINE __time32_t _mktime32(struct tm *from) { return (__time32_t)_mktime64(from); }
OVL_INLINE struct tm *_localtime32(const __time32_t *from) {
    time_t time = *from;
    return _localtime64(&time);
}
OVL_INLINE struct tm *_gmtime32(const __time32_t *from) {
    time_t time = *from;
    return _gmtime64(&time);
}
OVL_INLINE errno_t _localtime32_s(struct tm *to, const __time32_t *from) {
    time_t time = *from;
    return localtime_s(to, &time);
}
OVL_INLINE errno_t _gmtime32_s(struct tm *to, const __time32_t *from) {
    time_t time = *from;
    return gmtime_s(to, &time);
}
char *ovl_ctime(const time_t *from) OVL_SYMBOL(ctime);
OVL_INLINE __time32_t _mkgmtime32(struct tm *from) { return (__time32_t)_mkgmtime(from); }
OVL_INLINE errno_t _ctime32_s(char *to, size_t room, const __time32_t *from) {
    time_t time = from ? *from : 0;
    return ctime_s(to, room, from ? &time : (const time_t *)0);
}
OVL_INLINE errno_t _wctime32_s(wchar_t *to, size_t room, const __time32_t *from) {
    time_t time = from ? *from : 0;
    return _wctime_s(to, room, from ? &time : (const time_t *)0);
}
OVL_INLINE char *_ctime32(const __time32_t *from) {
    time_t time = *from;
    return ovl_ctime(&time);
}
OVL_INLINE wchar_t *_wctime32(const __time32_t *from) {
    time_t time = *from;
    return _wctime(&time);
}
OVL_END

#if defined(__cplusplus)
/* Compilers for Windows that are not Microsoft's have these, so programs call them where _MSC_VER is not defined. Others bring their
 * own: a template gives way to those. */
#pragma push_macro("localtime_r")
#pragma push_macro("gmtime_r")
#pragma push_macro("asctime_r")
#pragma push_macro("ctime_r")
#pragma push_macro("gettimeofday")
#undef gettimeofday
#undef localtime_r
#undef gmtime_r
#undef asctime_r
#undef ctime_r
OVL_BEGIN
struct tm *ovl_localtime_r(const time_t *from, struct tm *to) OVL_LIBC(localtime_r);
struct tm *ovl_gmtime_r(const time_t *from, struct tm *to) OVL_LIBC(gmtime_r);
char *ovl_asctime_r(const struct tm *from, char *to) OVL_LIBC(asctime_r);
char *ovl_ctime_r(const time_t *from, char *to) OVL_LIBC(ctime_r);
int ovl_clock_gettime(int clock, struct timespec *to) OVL_LIBC(clock_gettime);
OVL_END
extern "C++" {
template <typename T> inline struct tm *localtime_r(const T *from, struct tm *to) { return ovl_localtime_r(from, to); }
template <typename T> inline struct tm *gmtime_r(const T *from, struct tm *to) { return ovl_gmtime_r(from, to); }
template <typename T> inline char *asctime_r(const T *from, char *to) { return ovl_asctime_r(from, to); }
template <typename T> inline char *ctime_r(const T *from, char *to) { return ovl_ctime_r(from, to); }
template <typename T> inline int gettimeofday(T *to, void *) {
    struct timespec now;
    if (ovl_clock_gettime(0, &now)) return -1;
    to->tv_sec = static_cast<__decltype(to->tv_sec)>(now.tv_sec);
    to->tv_usec = static_cast<__decltype(to->tv_usec)>(now.tv_nsec / 1000);
    return 0;
}
}
#pragma pop_macro("localtime_r")
#pragma pop_macro("gmtime_r")
#pragma pop_macro("asctime_r")
#pragma pop_macro("ctime_r")
#pragma pop_macro("gettimeofday")
extern "C++" template <size_t N> inline errno_t _wctime_s(wchar_t (&to)[N], const time_t *from) { return _wctime_s(to, N, from); }
extern "C++" template <size_t N> inline errno_t _wasctime_s(wchar_t (&to)[N], const struct tm *from) { return _wasctime_s(to, N, from); }
extern "C++" template <size_t N> inline errno_t _strdate_s(char (&to)[N]) { return _strdate_s(to, N); }
extern "C++" template <size_t N> inline errno_t _strtime_s(char (&to)[N]) { return _strtime_s(to, N); }
extern "C++" template <size_t N> inline errno_t ctime_s(char (&to)[N], const time_t *from) { return ctime_s(to, N, from); }
extern "C++" template <size_t N> inline errno_t asctime_s(char (&to)[N], const struct tm *from) { return asctime_s(to, N, from); }
#endif

#endif
