/* Wide text: UTF-16 in 16-bit units, where libc's has 32. Streams stay narrow: what is written wide arrives as UTF-8. */
#ifndef OVL_WCHAR_H
#define OVL_WCHAR_H
#pragma GCC system_header
#include "ovl/crt.h"

/* libc's own functions, for 32 bits, stay out of sight under other names. */
#define wcscpy ovl_libc_wcscpy
#define wcsncpy ovl_libc_wcsncpy
#define wcscat ovl_libc_wcscat
#define wcsncat ovl_libc_wcsncat
#define wcscmp ovl_libc_wcscmp
#define wcsncmp ovl_libc_wcsncmp
#define wcscoll ovl_libc_wcscoll
#define wcsxfrm ovl_libc_wcsxfrm
#define wcschr ovl_libc_wcschr
#define wcsrchr ovl_libc_wcsrchr
#define wcscspn ovl_libc_wcscspn
#define wcsspn ovl_libc_wcsspn
#define wcspbrk ovl_libc_wcspbrk
#define wcsstr ovl_libc_wcsstr
#define wcstok ovl_libc_wcstok
#define wcslen ovl_libc_wcslen
#define wmemchr ovl_libc_wmemchr
#define wmemcmp ovl_libc_wmemcmp
#define wmemcpy ovl_libc_wmemcpy
#define wmemmove ovl_libc_wmemmove
#define wmemset ovl_libc_wmemset
#define mbrtowc ovl_libc_mbrtowc
#define wcrtomb ovl_libc_wcrtomb
#define mbsrtowcs ovl_libc_mbsrtowcs
#define wcsrtombs ovl_libc_wcsrtombs
#define wcstod ovl_libc_wcstod
#define wcstof ovl_libc_wcstof
#define wcstold ovl_libc_wcstold
#define wcstol ovl_libc_wcstol
#define wcstoul ovl_libc_wcstoul
#define wcstoll ovl_libc_wcstoll
#define wcstoull ovl_libc_wcstoull
#define btowc ovl_libc_btowc
#define wctob ovl_libc_wctob
#define mbrlen ovl_libc_mbrlen
#define fwide ovl_libc_fwide
#define wprintf ovl_libc_wprintf
#define fwprintf ovl_libc_fwprintf
#define swprintf ovl_libc_swprintf
#define vwprintf ovl_libc_vwprintf
#define vfwprintf ovl_libc_vfwprintf
#define vswprintf ovl_libc_vswprintf
#define wscanf ovl_libc_wscanf
#define fwscanf ovl_libc_fwscanf
#define swscanf ovl_libc_swscanf
#define vwscanf ovl_libc_vwscanf
#define vfwscanf ovl_libc_vfwscanf
#define vswscanf ovl_libc_vswscanf
#define fgetwc ovl_libc_fgetwc
#define getwc ovl_libc_getwc
#define getwchar ovl_libc_getwchar
#define fputwc ovl_libc_fputwc
#define putwc ovl_libc_putwc
#define putwchar ovl_libc_putwchar
#define fgetws ovl_libc_fgetws
#define fputws ovl_libc_fputws
#define ungetwc ovl_libc_ungetwc
#define wcsftime ovl_libc_wcsftime
#define wcscasecmp ovl_libc_wcscasecmp
#define wcsncasecmp ovl_libc_wcsncasecmp
#define wcsdup ovl_libc_wcsdup
#define wcschrnul ovl_libc_wcschrnul
#define wmempcpy ovl_libc_wmempcpy
#define wcpcpy ovl_libc_wcpcpy
#define wcpncpy ovl_libc_wcpncpy
#define wcswidth ovl_libc_wcswidth
#define wcwidth ovl_libc_wcwidth
#define wcsnlen ovl_libc_wcsnlen
#include_next <wchar.h>
#undef wcscpy
#undef wcsncpy
#undef wcscat
#undef wcsncat
#undef wcscmp
#undef wcsncmp
#undef wcscoll
#undef wcsxfrm
#undef wcschr
#undef wcsrchr
#undef wcscspn
#undef wcsspn
#undef wcspbrk
#undef wcsstr
#undef wcstok
#undef wcslen
#undef wmemchr
#undef wmemcmp
#undef wmemcpy
#undef wmemmove
#undef wmemset
#undef mbrtowc
#undef wcrtomb
#undef mbsrtowcs
#undef wcsrtombs
#undef wcstod
#undef wcstof
#undef wcstold
#undef wcstol
#undef wcstoul
#undef wcstoll
#undef wcstoull
#undef btowc
#undef wctob
#undef mbrlen
#undef fwide
#undef wprintf
#undef fwprintf
#undef swprintf
#undef vwprintf
#undef vfwprintf
#undef vswprintf
#undef wscanf
#undef fwscanf
#undef swscanf
#undef vwscanf
#undef vfwscanf
#undef vswscanf
#undef fgetwc
#undef getwc
#undef getwchar
#undef fputwc
#undef putwc
#undef putwchar
#undef fgetws
#undef fputws
#undef ungetwc
#undef wcsftime
#undef wcscasecmp
#undef wcsncasecmp
#undef wcsdup
#undef wcschrnul
#undef wmempcpy
#undef wcpcpy
#undef wcpncpy
#undef wcswidth
#undef wcwidth
#undef wcsnlen
/* The searches below are overloads for constant and for changeable text; libstdc++ must not add its own, which glibc tells it
 * for gcc only. */
#ifdef __cplusplus
#undef __CORRECT_ISO_CPP_WCHAR_H_PROTO
#define __CORRECT_ISO_CPP_WCHAR_H_PROTO 1
#endif
#pragma push_macro("OVL_WITHOUT_POSIX")
#undef OVL_WITHOUT_POSIX
#define OVL_WITHOUT_POSIX
#include <stdio.h>
#pragma pop_macro("OVL_WITHOUT_POSIX")

/* Windows' wint_t has 16 bits. libc's stays, and has room for this value too. */
#undef WEOF
#define WEOF ((wint_t)0xFFFF)

OVL_BEGIN
/* Memory and strings. */
size_t wcslen(const wchar_t *text) OVL_SYMBOL(wcslen);
size_t wcsnlen(const wchar_t *text, size_t most) OVL_SYMBOL(wcsnlen);
wchar_t *wmemcpy(wchar_t *to, const wchar_t *from, size_t count) OVL_SYMBOL(wmemcpy);
wchar_t *wmemmove(wchar_t *to, const wchar_t *from, size_t count) OVL_SYMBOL(wmemmove);
wchar_t *wmemset(wchar_t *to, wchar_t unit, size_t count) OVL_SYMBOL(wmemset);
int wmemcmp(const wchar_t *first, const wchar_t *second, size_t count) OVL_SYMBOL(wmemcmp);
wchar_t *wcscpy(wchar_t *to, const wchar_t *from) OVL_SYMBOL(wcscpy);
wchar_t *wcsncpy(wchar_t *to, const wchar_t *from, size_t most) OVL_SYMBOL(wcsncpy);
wchar_t *wcscat(wchar_t *to, const wchar_t *from) OVL_SYMBOL(wcscat);
wchar_t *wcsncat(wchar_t *to, const wchar_t *from, size_t most) OVL_SYMBOL(wcsncat);
int wcscmp(const wchar_t *first, const wchar_t *second) OVL_SYMBOL(wcscmp);
int wcsncmp(const wchar_t *first, const wchar_t *second, size_t most) OVL_SYMBOL(wcsncmp);
int wcscoll(const wchar_t *first, const wchar_t *second) OVL_SYMBOL(wcscoll);
size_t wcsxfrm(wchar_t *to, const wchar_t *from, size_t room) OVL_SYMBOL(wcsxfrm);
int _wcsicmp(const wchar_t *first, const wchar_t *second) OVL_SYMBOL(_wcsicmp);
int _wcsnicmp(const wchar_t *first, const wchar_t *second, size_t most) OVL_SYMBOL(_wcsnicmp);
wchar_t *_wcsdup(const wchar_t *text) OVL_SYMBOL(_wcsdup);
wchar_t *_wcslwr(wchar_t *text) OVL_SYMBOL(_wcslwr);
wchar_t *_wcsupr(wchar_t *text) OVL_SYMBOL(_wcsupr);
wchar_t *_wcsrev(wchar_t *text) OVL_SYMBOL(_wcsrev);
size_t wcsspn(const wchar_t *text, const wchar_t *set) OVL_SYMBOL(wcsspn);
size_t wcscspn(const wchar_t *text, const wchar_t *set) OVL_SYMBOL(wcscspn);
wchar_t *wcstok(wchar_t *text, const wchar_t *delimiters, wchar_t **rest) OVL_SYMBOL(wcstok);
wchar_t *wcstok_s(wchar_t *text, const wchar_t *delimiters, wchar_t **rest) OVL_SYMBOL(wcstok_s);
size_t wcsnlen_s(const wchar_t *text, size_t most) OVL_SYMBOL(wcsnlen_s);
errno_t wcscpy_s(wchar_t *to, rsize_t room, const wchar_t *from) OVL_SYMBOL(wcscpy_s);
errno_t wcsncpy_s(wchar_t *to, rsize_t room, const wchar_t *from, rsize_t most) OVL_SYMBOL(wcsncpy_s);
errno_t wcscat_s(wchar_t *to, rsize_t room, const wchar_t *from) OVL_SYMBOL(wcscat_s);
errno_t wcsncat_s(wchar_t *to, rsize_t room, const wchar_t *from, rsize_t most) OVL_SYMBOL(wcsncat_s);
errno_t wmemmove_s(wchar_t *to, rsize_t room, const wchar_t *from, rsize_t count) OVL_SYMBOL(wmemmove_s);
errno_t _wcslwr_s(wchar_t *text, size_t room) OVL_SYMBOL(_wcslwr_s);
errno_t _wcsupr_s(wchar_t *text, size_t room) OVL_SYMBOL(_wcsupr_s);
errno_t _wcserror_s(wchar_t *to, size_t room, int code) OVL_SYMBOL(_wcserror_s);
errno_t wmemcpy_s(wchar_t *to, rsize_t room, const wchar_t *from, rsize_t count) OVL_SYMBOL(wmemcpy_s);

/* Numbers. */
double wcstod(const wchar_t *text, wchar_t **end) OVL_SYMBOL(wcstod);
float wcstof(const wchar_t *text, wchar_t **end) OVL_SYMBOL(wcstof);
long double wcstold(const wchar_t *text, wchar_t **end) OVL_SYMBOL(wcstold);
long wcstol(const wchar_t *text, wchar_t **end, int base) OVL_SYMBOL(wcstol);
unsigned long wcstoul(const wchar_t *text, wchar_t **end, int base) OVL_SYMBOL(wcstoul);
long long wcstoll(const wchar_t *text, wchar_t **end, int base) OVL_SYMBOL(wcstoll);
unsigned long long wcstoull(const wchar_t *text, wchar_t **end, int base) OVL_SYMBOL(wcstoull);
#define _wcstoi64 wcstoll
#define _wcstoui64 wcstoull

/* Conversions. */
unsigned short btowc(int byte) OVL_SYMBOL(btowc);
int wctob(wchar_t unit) OVL_SYMBOL(wctob);
size_t mbrlen(const char *text, size_t bytes, mbstate_t *state) OVL_SYMBOL(mbrlen);
size_t mbrtowc(wchar_t *to, const char *from, size_t bytes, mbstate_t *state) OVL_SYMBOL(mbrtowc);
size_t wcrtomb(char *to, wchar_t unit, mbstate_t *state) OVL_SYMBOL(wcrtomb);
size_t mbsrtowcs(wchar_t *to, const char **from, size_t room, mbstate_t *state) OVL_SYMBOL(mbsrtowcs);
size_t wcsrtombs(char *to, const wchar_t **from, size_t room, mbstate_t *state) OVL_SYMBOL(wcsrtombs);
size_t wcsftime(wchar_t *to, size_t room, const wchar_t *format, const struct tm *time) OVL_SYMBOL(wcsftime);

/* Streams. */
int fwide(FILE *stream, int mode) OVL_SYMBOL(fwide);
unsigned short fgetwc(FILE *from) OVL_SYMBOL(fgetwc);
unsigned short fputwc(wchar_t unit, FILE *to) OVL_SYMBOL(fputwc);
unsigned short ungetwc(wchar_t unit, FILE *to) OVL_SYMBOL(ungetwc);
wchar_t *fgetws(wchar_t *to, int room, FILE *from) OVL_SYMBOL(fgetws);
int fputws(const wchar_t *text, FILE *to) OVL_SYMBOL(fputws);
OVL_INLINE unsigned short getwc(FILE *from) { return fgetwc(from); }
OVL_INLINE unsigned short getwchar(void) { return fgetwc(stdin); }
OVL_INLINE unsigned short putwc(wchar_t unit, FILE *to) { return fputwc(unit, to); }
OVL_INLINE unsigned short putwchar(wchar_t unit) { return fputwc(unit, stdout); }
int _putws(const wchar_t *text) OVL_SYMBOL(_putws);
wchar_t *_getws(wchar_t *to) OVL_SYMBOL(_getws);
wchar_t *_getws_s(wchar_t *to, size_t room) OVL_SYMBOL(_getws_s);

/* Formats. */
int vwprintf(const wchar_t *format, va_list list) OVL_SYMBOL(vwprintf);
int vfwprintf(FILE *to, const wchar_t *format, va_list list) OVL_SYMBOL(vfwprintf);
int vswprintf(wchar_t *to, size_t room, const wchar_t *format, va_list list) OVL_SYMBOL(vswprintf);
int _vsnwprintf(wchar_t *to, size_t room, const wchar_t *format, va_list list) OVL_SYMBOL(_vsnwprintf);
int _vscwprintf(const wchar_t *format, va_list list) OVL_SYMBOL(_vscwprintf);
int vswprintf_s(wchar_t *to, size_t room, const wchar_t *format, va_list list) OVL_SYMBOL(vswprintf_s);
int _vsnwprintf_s(wchar_t *to, size_t room, size_t most, const wchar_t *format, va_list list) OVL_SYMBOL(_vsnwprintf_s);
int vwscanf(const wchar_t *format, va_list list) OVL_SYMBOL(vwscanf);
int vfwscanf(FILE *from, const wchar_t *format, va_list list) OVL_SYMBOL(vfwscanf);
int vswscanf(const wchar_t *from, const wchar_t *format, va_list list) OVL_SYMBOL(vswscanf);
int vwscanf_s(const wchar_t *format, va_list list) OVL_SYMBOL(vwscanf_s);
int vfwscanf_s(FILE *from, const wchar_t *format, va_list list) OVL_SYMBOL(vfwscanf_s);
int vswscanf_s(const wchar_t *from, const wchar_t *format, va_list list) OVL_SYMBOL(vswscanf_s);
OVL_VARIADIC(wprintf, (const wchar_t *format, ...), format, vwprintf(format, ovl_list))
OVL_VARIADIC(fwprintf, (FILE *to, const wchar_t *format, ...), format, vfwprintf(to, format, ovl_list))
OVL_VARIADIC(swprintf, (wchar_t *to, size_t room, const wchar_t *format, ...), format, vswprintf(to, room, format, ovl_list))
OVL_VARIADIC(_snwprintf, (wchar_t *to, size_t room, const wchar_t *format, ...), format, _vsnwprintf(to, room, format, ovl_list))
OVL_VARIADIC(_scwprintf, (const wchar_t *format, ...), format, _vscwprintf(format, ovl_list))
OVL_VARIADIC(swprintf_s, (wchar_t *to, size_t room, const wchar_t *format, ...), format, vswprintf_s(to, room, format, ovl_list))
OVL_VARIADIC(_snwprintf_s, (wchar_t *to, size_t room, size_t most, const wchar_t *format, ...), format,
             _vsnwprintf_s(to, room, most, format, ovl_list))
OVL_VARIADIC(wprintf_s, (const wchar_t *format, ...), format, vwprintf(format, ovl_list))
OVL_VARIADIC(fwprintf_s, (FILE *to, const wchar_t *format, ...), format, vfwprintf(to, format, ovl_list))
OVL_VARIADIC(wscanf, (const wchar_t *format, ...), format, vwscanf(format, ovl_list))
OVL_VARIADIC(fwscanf, (FILE *from, const wchar_t *format, ...), format, vfwscanf(from, format, ovl_list))
OVL_VARIADIC(swscanf, (const wchar_t *from, const wchar_t *format, ...), format, vswscanf(from, format, ovl_list))
OVL_VARIADIC(wscanf_s, (const wchar_t *format, ...), format, vwscanf_s(format, ovl_list))
OVL_VARIADIC(fwscanf_s, (FILE *from, const wchar_t *format, ...), format, vfwscanf_s(from, format, ovl_list))
OVL_VARIADIC(swscanf_s, (const wchar_t *from, const wchar_t *format, ...), format, vswscanf_s(from, format, ovl_list))
OVL_END

/* Searches: in C++ what is found in a constant is constant. */
#ifdef __cplusplus
#define OVL_FINDS(name, parameter) \
    extern "C++" const wchar_t *name(const wchar_t *text, parameter) OVL_SYMBOL(name); \
    extern "C++" wchar_t *name(wchar_t *text, parameter) OVL_SYMBOL(name);
#else
#define OVL_FINDS(name, parameter) wchar_t *name(const wchar_t *text, parameter) OVL_SYMBOL(name);
#endif
OVL_FINDS(wcschr, wchar_t unit)
OVL_FINDS(wcsrchr, wchar_t unit)
OVL_FINDS(wcspbrk, const wchar_t *set)
OVL_FINDS(wcsstr, const wchar_t *part)
#ifdef __cplusplus
extern "C++" const wchar_t *wmemchr(const wchar_t *text, wchar_t unit, size_t count) OVL_SYMBOL(wmemchr);
extern "C++" wchar_t *wmemchr(wchar_t *text, wchar_t unit, size_t count) OVL_SYMBOL(wmemchr);
#else
wchar_t *wmemchr(const wchar_t *text, wchar_t unit, size_t count) OVL_SYMBOL(wmemchr);
#endif

OVL_BEGIN
OVL_INLINE int vwprintf_s(const wchar_t *format, va_list list) { return vwprintf(format, list); }
OVL_INLINE int vfwprintf_s(FILE *to, const wchar_t *format, va_list list) { return vfwprintf(to, format, list); }
/* The older forms without the room. */
OVL_INLINE int _vswprintf(wchar_t *to, const wchar_t *format, va_list list) { return vswprintf(to, (size_t)0x3FFFFFFF, format, list); }
OVL_VARIADIC(_swprintf, (wchar_t *to, const wchar_t *format, ...), format, _vswprintf(to, format, ovl_list))
OVL_INLINE wchar_t *_wcstok(wchar_t *text, const wchar_t *delimiters) {
    static __thread wchar_t *ovl_rest;
    return wcstok(text, delimiters, &ovl_rest);
}
OVL_INLINE wchar_t *_wcsset(wchar_t *text, wchar_t unit) {
    wchar_t *at;
    for (at = text; *at; at++) *at = unit;
    return text;
}
OVL_INLINE wchar_t *_wcsnset(wchar_t *text, wchar_t unit, size_t most) {
    wchar_t *at;
    for (at = text; *at && most; at++, most--) *at = unit;
    return text;
}
OVL_SETS(wchar_t, wchar_t, _wcsset_s, _wcsnset_s)
OVL_INLINE int _wcsicoll(const wchar_t *first, const wchar_t *second) { return _wcsicmp(first, second); }
OVL_INLINE int _wcsncoll(const wchar_t *first, const wchar_t *second, size_t most) { return wcsncmp(first, second, most); }
OVL_INLINE int _wcsnicoll(const wchar_t *first, const wchar_t *second, size_t most) { return _wcsnicmp(first, second, most); }
OVL_INLINE wchar_t *_wcserror(int code) {
    static __thread wchar_t ovl_text[128];
    return _wcserror_s(ovl_text, 128, code) ? (wchar_t *)0 : ovl_text;
}
OVL_INLINE unsigned short _fgetwchar(void) { return fgetwc(stdin); }
OVL_INLINE unsigned short _fputwchar(wchar_t unit) { return fputwc(unit, stdout); }
OVL_END
#ifdef __cplusplus
extern "C++" {
OVL_INLINE int vswprintf(wchar_t *to, const wchar_t *format, va_list list) { return _vswprintf(to, format, list); }
OVL_VARIADIC(swprintf, (wchar_t *to, const wchar_t *format, ...), format, _vswprintf(to, format, ovl_list))
OVL_INLINE wchar_t *wcstok(wchar_t *text, const wchar_t *delimiters) { return _wcstok(text, delimiters); }
}
#endif

#include "ovl/wide_forms.h"

#define wcsset _wcsset
#define wcsnset _wcsnset
#define wcsrev _wcsrev
#define wcsicoll _wcsicoll
#define wcscmpi _wcsicmp
#define _wcscmpi _wcsicmp
#define wcsicmp _wcsicmp
#define wcsnicmp _wcsnicmp
#define wcsdup _wcsdup
#define wcslwr _wcslwr
#define wcsupr _wcsupr

#ifdef __cplusplus
extern "C++" template <size_t N> inline errno_t wcscpy_s(wchar_t (&to)[N], const wchar_t *from) { return wcscpy_s(to, N, from); }
extern "C++" template <size_t N> inline errno_t wcsncpy_s(wchar_t (&to)[N], const wchar_t *from, rsize_t most) {
    return wcsncpy_s(to, N, from, most);
}
extern "C++" template <size_t N> inline errno_t wcscat_s(wchar_t (&to)[N], const wchar_t *from) { return wcscat_s(to, N, from); }
extern "C++" template <size_t N> inline errno_t wcsncat_s(wchar_t (&to)[N], const wchar_t *from, rsize_t most) {
    return wcsncat_s(to, N, from, most);
}
extern "C++" template <size_t N> inline int vswprintf_s(wchar_t (&to)[N], const wchar_t *format, va_list list) {
    return vswprintf_s(to, N, format, list);
}
extern "C++" { template <size_t N> OVL_VARIADIC(swprintf_s, (wchar_t (&to)[N], const wchar_t *format, ...), format,
                                 vswprintf_s(to, N, format, ovl_list)) }
extern "C++" { template <size_t N> OVL_VARIADIC(_snwprintf_s, (wchar_t (&to)[N], size_t most, const wchar_t *format, ...), format,
                                 _vsnwprintf_s(to, N, most, format, ovl_list)) }
#endif

/* In C++20 libstdc++'s headers come to it in the middle of their own. */
#if !defined(__cplusplus) || __cplusplus < 202002L
/* In C++ the library has both headers, and an order for them. */
#ifndef __cplusplus
#include "wctype.h"
#endif
#endif
/* Of Microsoft's other headers this one brings along what takes wide names. */
OVL_BEGIN
int _wmkdir(const wchar_t *name) OVL_SYMBOL(_wmkdir);
int _wchdir(const wchar_t *name) OVL_SYMBOL(_wchdir);
int _wrmdir(const wchar_t *name) OVL_SYMBOL(_wrmdir);
wchar_t *_wgetcwd(wchar_t *to, int room) OVL_SYMBOL(_wgetcwd);
int _wopen(const wchar_t *name, int flags, ...) OVL_SYMBOL(_wopen);
int _wcreat(const wchar_t *name, int mode) OVL_SYMBOL(_wcreat);
int _waccess(const wchar_t *name, int mode) OVL_SYMBOL(_waccess);
int _wunlink(const wchar_t *name) OVL_SYMBOL(_wunlink);
int _wremove(const wchar_t *name) OVL_SYMBOL(_wremove);
int _wrename(const wchar_t *from, const wchar_t *to) OVL_SYMBOL(_wrename);
int _wsystem(const wchar_t *command) OVL_SYMBOL(_wsystem);
OVL_END

#endif
