/* What the headers of the C library share. */
#ifndef OVL_CRT_H
#define OVL_CRT_H
#pragma GCC system_header
#include <stdarg.h>
#include <stddef.h>
#include "base.h"

/* Programs that declare it themselves ask by Microsoft's names whether it is there. */
#define _ERRNO_T_DEFINED 1
#define _ERRCODE_DEFINED 1
typedef int errno_t;
typedef size_t rsize_t;
#define _TRUNCATE ((size_t)-1)
#define _CRTIMP
#define _ACRTIMP
#define _CRT_STRINGIZE(text) #text

/* A locale of its own, for the functions with `_l`: libc's. NULL is that of the thread. */
typedef struct __crt_locale_pointers *_locale_t;
OVL_BEGIN
int *ovl_errno(void) OVL_SYMBOL(_errno);
_locale_t ovl_use_locale(_locale_t locale) OVL_LIBC(uselocale);
void ovl_refuse(void) OVL_SYMBOL(_invalid_parameter_noinfo);
OVL_END
#define OVL_IN_LOCALE(type, call) { \
    _locale_t ovl_former = locale ? ovl_use_locale(locale) : (_locale_t)0; \
    type ovl_result = call; \
    if (ovl_former) ovl_use_locale(ovl_former); \
    return ovl_result; \
}

/* A variadic function: starts a va_list and calls the function that takes one. Its symbol is the program's own. */
#define OVL_VARIADIC(name, parameters, last, call) \
    static __inline__ __attribute__((__unused__)) int name parameters { \
        int ovl_count; \
        va_list ovl_list; \
        va_start(ovl_list, last); \
        ovl_count = call; \
        va_end(ovl_list); \
        return ovl_count; \
    }

/* Of a function that takes a list: the one in a locale, and its variadic form. */
#define OVL_PARTS(...) __VA_ARGS__
#define OVL_WITH_LOCALE(listed, variadic, parameters, names, function) \
    OVL_INLINE int listed(OVL_PARTS parameters, _locale_t locale, va_list list) OVL_IN_LOCALE(int, function(OVL_PARTS names, list)) \
    OVL_VARIADIC(variadic, (OVL_PARTS parameters, _locale_t locale, ...), locale, listed(OVL_PARTS names, locale, ovl_list))

/* _strset_s and its like, narrow and wide. */
#define OVL_SETS(character, kind, set_s, nset_s) \
    OVL_INLINE errno_t set_s(character *text, size_t room, kind unit) { \
        size_t at = 0; \
        while (text && at < room && text[at]) text[at++] = (character)unit; \
        if (text && at < room) return 0; \
        if (text && room) text[0] = 0; \
        ovl_refuse(); \
        return 22; \
    } \
    OVL_INLINE errno_t nset_s(character *text, size_t room, kind unit, size_t most) { \
        size_t at = 0; \
        while (text && at < room && text[at] && most--) text[at++] = (character)unit; \
        while (text && at < room && text[at]) at++; \
        if (text && at < room) return 0; \
        if (text && room) text[0] = 0; \
        ovl_refuse(); \
        return 22; \
    }

/* Formats: `l` before an integer means 32 bits, as LONG and DWORD have, so %ld prints the low half of a `long`. With
 * OVL_LP64_FORMATS the narrow functions stay libc's: `l` means 64 bits, and %I64d, %S and %ws are unknown. */
#ifndef OVL_LP64_FORMATS
#define OVL_FORMATS 1
#else
#define OVL_FORMATS 0
#endif

#endif
