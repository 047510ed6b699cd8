/* libc's <stdlib.h>, with Microsoft's functions. */
#ifndef OVL_STDLIB_H
#define OVL_STDLIB_H
#pragma GCC system_header
#include "ovl/crt.h"
#define mblen ovl_libc_mblen
#define mbtowc ovl_libc_mbtowc
#define wctomb ovl_libc_wctomb
#define mbstowcs ovl_libc_mbstowcs
#define wcstombs ovl_libc_wcstombs
#define system ovl_libc_system
#define putenv ovl_libc_putenv
#define atoi ovl_libc_atoi
/* In C++ the next <stdlib.h> is libstdc++'s, which lifts names of std; it is asked for libc's now, and for that at the end. */
#ifdef __cplusplus
#define _GLIBCXX_INCLUDE_NEXT_C_HEADERS
#endif
#include "ovl/hide.h"
#include_next <stdlib.h>
#include "ovl/show.h"
/* Children that are waited for as POSIX does: to programs a sign of waitpid. They come with <sys/wait.h>. */
#ifndef _SYS_WAIT_H
#undef WNOHANG
#undef WUNTRACED
#undef WSTOPPED
#undef WEXITED
#undef WCONTINUED
#undef WNOWAIT
#undef WEXITSTATUS
#undef WTERMSIG
#undef WSTOPSIG
#undef WIFEXITED
#undef WIFSIGNALED
#undef WIFSTOPPED
#undef WIFCONTINUED
#endif
#ifdef __cplusplus
#undef _GLIBCXX_INCLUDE_NEXT_C_HEADERS
#endif
#undef mblen
#undef mbtowc
#undef wctomb
#undef mbstowcs
#undef wcstombs
#undef system
#undef putenv
#undef atoi
#include <limits.h>
#include <malloc.h>

/* Microsoft's numbers have 15 bits. */
#undef RAND_MAX
#define RAND_MAX 0x7FFF
#define _MAX_PATH 260
#define _MAX_DRIVE 3
#define _MAX_DIR 256
#define _MAX_FNAME 256
#define _MAX_EXT 256
#define _MAX_ENV 32767
#define __max(a, b) (((a) > (b)) ? (a) : (b))
#define __min(a, b) (((a) < (b)) ? (a) : (b))
#ifdef __cplusplus
extern "C++" template <class T, size_t N> char (*ovl_count_of(T (&array)[N]))[N];
#define _countof(array) (sizeof(*ovl_count_of(array)))
#else
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif

#define _byteswap_ushort __builtin_bswap16
#define _byteswap_ulong __builtin_bswap32
#define _byteswap_uint64 __builtin_bswap64

OVL_BEGIN
extern char **environ;
#define _environ environ
wchar_t ***__p__wenviron(void) OVL_SYMBOL(__p__wenviron);
#define _wenviron (*__p__wenviron())
int *__p___argc(void) OVL_SYMBOL(__p___argc);
char ***__p___argv(void) OVL_SYMBOL(__p___argv);
wchar_t ***__p___wargv(void) OVL_SYMBOL(__p___wargv);
char **__p__pgmptr(void) OVL_SYMBOL(__p__pgmptr);
wchar_t **__p__wpgmptr(void) OVL_SYMBOL(__p__wpgmptr);
errno_t _get_pgmptr(char **to) OVL_SYMBOL(_get_pgmptr);
errno_t _get_wpgmptr(wchar_t **to) OVL_SYMBOL(_get_wpgmptr);
#define __argc (*__p___argc())
#define __argv (*__p___argv())
#define __wargv (*__p___wargv())
#define _pgmptr (*__p__pgmptr())
#define _wpgmptr (*__p__wpgmptr())
char *getenv(const char *name) OVL_SYMBOL(getenv);
int rand(void) OVL_SYMBOL(rand);
void srand(unsigned int seed) OVL_SYMBOL(srand);
errno_t rand_s(unsigned int *to) OVL_SYMBOL(rand_s);
/* What is too large becomes the largest. */
int atoi(const char *text) OVL_NOTHROW OVL_SYMBOL(atoi);
long long _atoi64(const char *text) OVL_SYMBOL(_atoi64);
long long _strtoi64(const char *text, char **end, int base) OVL_SYMBOL(_strtoi64);
unsigned long long _strtoui64(const char *text, char **end, int base) OVL_SYMBOL(_strtoui64);
OVL_INLINE unsigned int ovl_rotl(unsigned int value, int by) { return value << (by & 31) | value >> (-by & 31); }
OVL_INLINE unsigned int ovl_rotr(unsigned int value, int by) { return value >> (by & 31) | value << (-by & 31); }
#define _rotl ovl_rotl
OVL_INLINE unsigned long long ovl_rotl64(unsigned long long value, int by) { return value << (by & 63) | value >> (-by & 63); }
#define _rotl64 ovl_rotl64
OVL_INLINE unsigned long long ovl_rotr64(unsigned long long value, int by) { return value >> (by & 63) | value << (-by & 63); }
#define _rotr64 ovl_rotr64
OVL_INLINE unsigned short ovl_rotl16(unsigned short value, int by) {
    return (unsigned short)(value << (by & 15) | value >> (-by & 15));
}
#define _rotl16 ovl_rotl16
#define _rotr16(value, by) ovl_rotl16((value), -(by))
OVL_INLINE unsigned char ovl_rotl8(unsigned char value, int by) { return (unsigned char)(value << (by & 7) | value >> (-by & 7)); }
#define _rotl8 ovl_rotl8
#define _rotr8(value, by) ovl_rotl8((value), -(by))
OVL_INLINE long long _abs64(long long value) { return value < 0 ? -value : value; }
/* Messages go to stderr. */
#define _OUT_TO_DEFAULT 0
#define _OUT_TO_STDERR 1
#define _OUT_TO_MSGBOX 2
#define _REPORT_ERRMODE 3
OVL_INLINE int _set_error_mode(int mode) { return (void)mode, 1; }
#define _WRITE_ABORT_MSG 0x1
#define _CALL_REPORTFAULT 0x2
OVL_INLINE unsigned int _set_abort_behavior(unsigned int flags, unsigned int mask) { return (void)flags, (void)mask, 0; }
typedef int(__cdecl *_onexit_t)(void);
int ovl_at_exit(void (*function)(void)) __asm__("atexit");
OVL_INLINE _onexit_t ovl_onexit(_onexit_t function) { return ovl_at_exit((void (*)(void))(void *)function) ? (_onexit_t)0 : function; }
#define _onexit ovl_onexit
#define onexit _onexit
typedef _onexit_t onexit_t;
#define _rotr ovl_rotr
int _putenv(const char *text) OVL_SYMBOL(_putenv);
/* The text is copied, where POSIX keeps it. */
int putenv(const char *text) OVL_SYMBOL(_putenv);
int _wputenv(const wchar_t *text) OVL_SYMBOL(_wputenv);
errno_t _wputenv_s(const wchar_t *name, const wchar_t *value) OVL_SYMBOL(_wputenv_s);
errno_t _wgetenv_s(size_t *units, wchar_t *to, rsize_t room, const wchar_t *name) OVL_SYMBOL(_wgetenv_s);

void _searchenv(const char *file, const char *variable, char *to) OVL_SYMBOL(_searchenv);
void _wsearchenv(const wchar_t *file, const wchar_t *variable, wchar_t *to) OVL_SYMBOL(_wsearchenv);
errno_t _searchenv_s(const char *file, const char *variable, char *to, size_t room) OVL_SYMBOL(_searchenv_s);
errno_t _wsearchenv_s(const wchar_t *file, const wchar_t *variable, wchar_t *to, size_t room) OVL_SYMBOL(_wsearchenv_s);
char *_ecvt(double value, int digits, int *point, int *sign) OVL_SYMBOL(_ecvt);
char *_fcvt(double value, int digits, int *point, int *sign) OVL_SYMBOL(_fcvt);
errno_t _ecvt_s(char *to, size_t room, double value, int digits, int *point, int *sign) OVL_SYMBOL(_ecvt_s);
errno_t _fcvt_s(char *to, size_t room, double value, int digits, int *point, int *sign) OVL_SYMBOL(_fcvt_s);
errno_t _gcvt_s(char *to, size_t room, double value, int digits) OVL_SYMBOL(_gcvt_s);
char *_gcvt(double value, int digits, char *to) OVL_LIBC(gcvt);
#define _lrotl ovl_rotl
#define _lrotr ovl_rotr
/* The caller's context comes first here, and last in libc's. */
typedef int ovl_compare_with(void *context, const void *first, const void *second);
struct ovl_comparison {
    ovl_compare_with *compare;
    void *context;
};
void ovl_qsort_r(void *base, size_t count, size_t size, int (*compare)(const void *, const void *, void *), void *context)
    OVL_LIBC(qsort_r);
OVL_INLINE void *ovl_bsearch_s(const void *key, const void *base, size_t count, size_t size, ovl_compare_with *compare, void *context) {
    size_t from = 0;
    while (from < count) {
        size_t middle = from + (count - from) / 2;
        const char *at = (const char *)base + middle * size;
        int order = compare(context, key, at);
        if (!order) return (void *)(size_t)at;
        if (order < 0) count = middle;
        else from = middle + 1;
    }
    return 0;
}
#define bsearch_s ovl_bsearch_s
static __inline__ __attribute__((__unused__)) int ovl_compare(const void *first, const void *second, void *comparison) {
    struct ovl_comparison *by = (struct ovl_comparison *)comparison;
    return by->compare(by->context, first, second);
}
OVL_INLINE void qsort_s(void *base, size_t count, size_t size, ovl_compare_with *compare, void *context) {
    struct ovl_comparison by;
    by.compare = compare;
    by.context = context;
    ovl_qsort_r(base, count, size, ovl_compare, &by);
}
char *_itoa(int value, char *to, int base) OVL_SYMBOL(_itoa);
char *_ltoa(int value, char *to, int base) OVL_SYMBOL(_ltoa);
char *_ultoa(unsigned int value, char *to, int base) OVL_SYMBOL(_ultoa);
char *_i64toa(long long value, char *to, int base) OVL_SYMBOL(_i64toa);
char *_ui64toa(unsigned long long value, char *to, int base) OVL_SYMBOL(_ui64toa);
errno_t _ltoa_s(int value, char *to, size_t room, int base) OVL_SYMBOL(_ltoa_s);
errno_t _ultoa_s(unsigned int value, char *to, size_t room, int base) OVL_SYMBOL(_ultoa_s);
errno_t _i64toa_s(long long value, char *to, size_t room, int base) OVL_SYMBOL(_i64toa_s);
errno_t _ui64toa_s(unsigned long long value, char *to, size_t room, int base) OVL_SYMBOL(_ui64toa_s);
errno_t _itoa_s(int value, char *to, size_t room, int base) OVL_SYMBOL(_itoa_s);
errno_t _dupenv_s(char **to, size_t *bytes, const char *name) OVL_SYMBOL(_dupenv_s);
errno_t getenv_s(size_t *bytes, char *to, rsize_t room, const char *name) OVL_SYMBOL(getenv_s);
errno_t _putenv_s(const char *name, const char *value) OVL_SYMBOL(_putenv_s);
char *_fullpath(char *to, const char *path, size_t room) OVL_SYMBOL(_fullpath);
void _splitpath(const char *path, char *drive, char *directory, char *name, char *extension) OVL_SYMBOL(_splitpath);
errno_t _splitpath_s(const char *path, char *drive, size_t driveRoom, char *directory, size_t directoryRoom, char *name,
                     size_t nameRoom, char *extension, size_t extensionRoom) OVL_SYMBOL(_splitpath_s);
errno_t _makepath_s(char *to, size_t room, const char *drive, const char *directory, const char *name, const char *extension)
    OVL_SYMBOL(_makepath_s);
errno_t _wmakepath_s(wchar_t *to, size_t room, const wchar_t *drive, const wchar_t *directory, const wchar_t *name,
                     const wchar_t *extension) OVL_SYMBOL(_wmakepath_s);
void _makepath(char *to, const char *drive, const char *directory, const char *name, const char *extension) OVL_SYMBOL(_makepath);
#define itoa _itoa
#define ltoa _ltoa
#define ultoa _ultoa

int *_errno(void) OVL_SYMBOL(_errno);
#ifndef errno
#define errno (*_errno())
#endif
unsigned int *__doserrno(void) OVL_SYMBOL(__doserrno);
#define _doserrno (*__doserrno())
OVL_INLINE errno_t _get_doserrno(unsigned int *to) {
    if (!to) return 22;
    *to = _doserrno;
    return 0;
}
OVL_INLINE errno_t _set_doserrno(unsigned int code) {
    _doserrno = code;
    return 0;
}
char **__sys_errlist(void) OVL_SYMBOL(__sys_errlist);
int *__sys_nerr(void) OVL_SYMBOL(__sys_nerr);
#define _sys_errlist (__sys_errlist())
#define _sys_nerr (*__sys_nerr())
#define sys_errlist _sys_errlist
#define sys_nerr _sys_nerr
size_t _mbstrlen(const char *text) OVL_SYMBOL(_mbstrlen);
size_t _mbstrlen_l(const char *text, _locale_t locale) OVL_SYMBOL(_mbstrlen);
size_t _mbstrnlen(const char *text, size_t bytes) OVL_SYMBOL(_mbstrnlen);
size_t _mbstrnlen_l(const char *text, size_t bytes, _locale_t locale) OVL_SYMBOL(_mbstrnlen);
int mblen(const char *text, size_t bytes) OVL_NOTHROW OVL_SYMBOL(mblen);
int mbtowc(wchar_t *to, const char *text, size_t bytes) OVL_NOTHROW OVL_SYMBOL(mbtowc);
int wctomb(char *to, wchar_t unit) OVL_NOTHROW OVL_SYMBOL(wctomb);
size_t mbstowcs(wchar_t *to, const char *from, size_t room) OVL_NOTHROW OVL_SYMBOL(mbstowcs);
size_t wcstombs(char *to, const wchar_t *from, size_t room) OVL_NOTHROW OVL_SYMBOL(wcstombs);
errno_t mbstowcs_s(size_t *done, wchar_t *to, size_t room, const char *from, size_t most) OVL_SYMBOL(mbstowcs_s);
errno_t wcstombs_s(size_t *done, char *to, size_t room, const wchar_t *from, size_t most) OVL_SYMBOL(wcstombs_s);
/* Text is UTF-8 in every locale. */
int _mblen_l(const char *text, size_t bytes, _locale_t locale) OVL_SYMBOL(mblen);
int _mbtowc_l(wchar_t *to, const char *text, size_t bytes, _locale_t locale) OVL_SYMBOL(mbtowc);
int _wctomb_l(char *to, wchar_t unit, _locale_t locale) OVL_SYMBOL(wctomb);
size_t _mbstowcs_l(wchar_t *to, const char *from, size_t room, _locale_t locale) OVL_SYMBOL(mbstowcs);
size_t _wcstombs_l(char *to, const wchar_t *from, size_t room, _locale_t locale) OVL_SYMBOL(wcstombs);
errno_t _mbstowcs_s_l(size_t *done, wchar_t *to, size_t room, const char *from, size_t most, _locale_t locale) OVL_SYMBOL(mbstowcs_s);
errno_t _wcstombs_s_l(size_t *done, char *to, size_t room, const wchar_t *from, size_t most, _locale_t locale) OVL_SYMBOL(wcstombs_s);
/* Numbers with the decimal point of a locale. */
double ovl_strtod(const char *text, char **end) OVL_LIBC(strtod);
float ovl_strtof(const char *text, char **end) OVL_LIBC(strtof);
OVL_INLINE double _strtod_l(const char *text, char **end, _locale_t locale) OVL_IN_LOCALE(double, ovl_strtod(text, end))
OVL_INLINE float _strtof_l(const char *text, char **end, _locale_t locale) OVL_IN_LOCALE(float, ovl_strtof(text, end))
OVL_INLINE long double _strtold_l(const char *text, char **end, _locale_t locale) { return _strtod_l(text, end, locale); }
OVL_INLINE double _atof_l(const char *text, _locale_t locale) { return _strtod_l(text, (char **)0, locale); }
int _atoi_l(const char *text, _locale_t locale) OVL_SYMBOL(atoi);
long _atol_l(const char *text, _locale_t locale) OVL_LIBC(atol);
long long _atoll_l(const char *text, _locale_t locale) OVL_LIBC(atoll);
long long _atoi64_l(const char *text, _locale_t locale) OVL_LIBC(atoll);
long _strtol_l(const char *text, char **end, int base, _locale_t locale) OVL_LIBC(strtol);
unsigned long _strtoul_l(const char *text, char **end, int base, _locale_t locale) OVL_LIBC(strtoul);
long long _strtoll_l(const char *text, char **end, int base, _locale_t locale) OVL_LIBC(strtoll);
unsigned long long _strtoull_l(const char *text, char **end, int base, _locale_t locale) OVL_LIBC(strtoull);
long long _strtoi64_l(const char *text, char **end, int base, _locale_t locale) OVL_LIBC(strtoll);
unsigned long long _strtoui64_l(const char *text, char **end, int base, _locale_t locale) OVL_LIBC(strtoull);
/* Files have no text mode, whatever is set here. */
OVL_INLINE errno_t _set_fmode(int mode) { return (void)mode, 0; }
OVL_INLINE errno_t _get_fmode(int *mode) { return mode ? (*mode = 0, 0) : 22; }
/* What older programs have. */
void _sleep(unsigned int milliseconds) OVL_SYMBOL(Sleep);
int _wtoi(const wchar_t *text) OVL_SYMBOL(_wtoi);
int _wtol(const wchar_t *text) OVL_SYMBOL(_wtol);
long long _wtoi64(const wchar_t *text) OVL_SYMBOL(_wtoi64);
double _wtof(const wchar_t *text) OVL_SYMBOL(_wtof);
wchar_t *_itow(int value, wchar_t *to, int base) OVL_SYMBOL(_itow);
wchar_t *_ltow(int value, wchar_t *to, int base) OVL_SYMBOL(_ltow);
wchar_t *_ultow(unsigned int value, wchar_t *to, int base) OVL_SYMBOL(_ultow);
wchar_t *_i64tow(long long value, wchar_t *to, int base) OVL_SYMBOL(_i64tow);
wchar_t *_ui64tow(unsigned long long value, wchar_t *to, int base) OVL_SYMBOL(_ui64tow);
errno_t _ltow_s(int value, wchar_t *to, size_t room, int base) OVL_SYMBOL(_ltow_s);
errno_t _ultow_s(unsigned int value, wchar_t *to, size_t room, int base) OVL_SYMBOL(_ultow_s);
errno_t _i64tow_s(long long value, wchar_t *to, size_t room, int base) OVL_SYMBOL(_i64tow_s);
errno_t _ui64tow_s(unsigned long long value, wchar_t *to, size_t room, int base) OVL_SYMBOL(_ui64tow_s);
errno_t _itow_s(int value, wchar_t *to, size_t room, int base) OVL_SYMBOL(_itow_s);
wchar_t *_wgetenv(const wchar_t *name) OVL_SYMBOL(_wgetenv);
errno_t _wdupenv_s(wchar_t **to, size_t *units, const wchar_t *name) OVL_SYMBOL(_wdupenv_s);
OVL_INLINE long long _wtoll(const wchar_t *text) { return _wtoi64(text); }
OVL_INLINE errno_t wctomb_s(int *bytes, char *to, size_t room, wchar_t unit) {
    char text[8];
    int count = wctomb(text, unit), at;
    if (bytes) *bytes = count;
    if (count < 0) return 84;
    if (!to) return 0;
    if ((size_t)count > room) return 34;
    for (at = 0; at < count; at++) to[at] = text[at];
    return 0;
}
OVL_INLINE errno_t _wctomb_s_l(int *bytes, char *to, size_t room, wchar_t unit, _locale_t locale) {
    return (void)locale, wctomb_s(bytes, to, room, unit);
}
int system(const char *command) OVL_SYMBOL(system);
int _wsystem(const wchar_t *command) OVL_SYMBOL(_wsystem);
wchar_t *_wfullpath(wchar_t *to, const wchar_t *path, size_t room) OVL_SYMBOL(_wfullpath);
void _wsplitpath(const wchar_t *path, wchar_t *drive, wchar_t *directory, wchar_t *name, wchar_t *extension)
    OVL_SYMBOL(_wsplitpath);
errno_t _wsplitpath_s(const wchar_t *path, wchar_t *drive, size_t driveRoom, wchar_t *directory, size_t directoryRoom,
                      wchar_t *name, size_t nameRoom, wchar_t *extension, size_t extensionRoom) OVL_SYMBOL(_wsplitpath_s);
void _wmakepath(wchar_t *to, const wchar_t *drive, const wchar_t *directory, const wchar_t *name, const wchar_t *extension)
    OVL_SYMBOL(_wmakepath);

typedef void (*_invalid_parameter_handler)(const wchar_t *expression, const wchar_t *function, const wchar_t *file,
                                           unsigned int line, unsigned long reserved);
_invalid_parameter_handler _set_invalid_parameter_handler(_invalid_parameter_handler handler)
    OVL_SYMBOL(_set_invalid_parameter_handler);
_invalid_parameter_handler _get_invalid_parameter_handler(void) OVL_SYMBOL(_get_invalid_parameter_handler);
/* That of the calling thread, which comes first. */
_invalid_parameter_handler _set_thread_local_invalid_parameter_handler(_invalid_parameter_handler handler)
    OVL_SYMBOL(_set_thread_local_invalid_parameter_handler);
_invalid_parameter_handler _get_thread_local_invalid_parameter_handler(void) OVL_SYMBOL(_get_thread_local_invalid_parameter_handler);
void _invalid_parameter_noinfo(void) OVL_SYMBOL(_invalid_parameter_noinfo);
void _exit(int code) __attribute__((__noreturn__));
OVL_END

#ifdef __cplusplus
/* As localtime_r in time.h: for those who take whatever is not Microsoft's for POSIX; a program's own come first. */
#pragma push_macro("setenv")
#pragma push_macro("unsetenv")
#undef setenv
#undef unsetenv
OVL_BEGIN
int ovl_setenv(const char *name, const char *value, int replace) OVL_LIBC(setenv);
int ovl_unsetenv(const char *name) OVL_LIBC(unsetenv);
OVL_END
extern "C++" {
template <typename T> inline int setenv(const T *name, const T *value, int replace) { return ovl_setenv(name, value, replace); }
template <typename T> inline int unsetenv(const T *name) { return ovl_unsetenv(name); }
}
#pragma pop_macro("setenv")
#pragma pop_macro("unsetenv")
extern "C++" template <size_t N> inline errno_t _itoa_s(int value, char (&to)[N], int base) { return _itoa_s(value, to, N, base); }
#endif

#ifdef __cplusplus
#include_next <stdlib.h>
#endif

/* The wide functions are declared here too in Windows. */
#include <wchar.h>

#endif
