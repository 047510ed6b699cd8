/* libc's <string.h>, with Microsoft's functions. */
#ifndef OVL_STRING_H
#define OVL_STRING_H
#pragma GCC system_header
#include "ovl/crt.h"
#include "ovl/hide.h"
#include_next <string.h>
#include "ovl/show.h"

OVL_BEGIN
int _stricmp(const char *first, const char *second) OVL_SYMBOL(_stricmp);
int _strnicmp(const char *first, const char *second, size_t most) OVL_SYMBOL(_strnicmp);
char *_strdup(const char *text) OVL_SYMBOL(_strdup);
char *strtok_s(char *text, const char *delimiters, char **rest) OVL_SYMBOL(strtok_s);
char *_strset(char *text, int byte) OVL_SYMBOL(_strset);
char *_strnset(char *text, int byte, size_t most) OVL_SYMBOL(_strnset);

errno_t strcpy_s(char *to, rsize_t room, const char *from) OVL_SYMBOL(strcpy_s);
errno_t strncpy_s(char *to, rsize_t room, const char *from, rsize_t most) OVL_SYMBOL(strncpy_s);
errno_t strcat_s(char *to, rsize_t room, const char *from) OVL_SYMBOL(strcat_s);
errno_t strncat_s(char *to, rsize_t room, const char *from, rsize_t most) OVL_SYMBOL(strncat_s);
errno_t strerror_s(char *to, size_t room, int code) OVL_SYMBOL(strerror_s);
errno_t memcpy_s(void *to, rsize_t room, const void *from, rsize_t bytes) OVL_SYMBOL(memcpy_s);
errno_t memmove_s(void *to, rsize_t room, const void *from, rsize_t bytes) OVL_SYMBOL(memmove_s);
size_t strnlen_s(const char *text, size_t most) OVL_SYMBOL(strnlen_s);
int _memicmp(const void *first, const void *second, size_t bytes) OVL_SYMBOL(_memicmp);
char *_strlwr(char *text) OVL_SYMBOL(_strlwr);
char *_strupr(char *text) OVL_SYMBOL(_strupr);
char *_strrev(char *text) OVL_SYMBOL(_strrev);
errno_t _strlwr_s(char *text, size_t room) OVL_SYMBOL(_strlwr_s);
errno_t _strupr_s(char *text, size_t room) OVL_SYMBOL(_strupr_s);
/* Texts are compared by the numbers of their characters, as in the locale "C". */
OVL_INLINE int _stricoll(const char *first, const char *second) { return _stricmp(first, second); }
OVL_INLINE int _strncoll(const char *first, const char *second, size_t most) { return strncmp(first, second, most); }
OVL_INLINE int _strnicoll(const char *first, const char *second, size_t most) { return _strnicmp(first, second, most); }
void *_memccpy(void *to, const void *from, int byte, size_t bytes) OVL_LIBC(memccpy);
void _swab(char *from, char *to, int bytes) OVL_LIBC(swab);
OVL_SETS(char, int, _strset_s, _strnset_s)
/* In each thread a search of its own. */
char *strtok(char *text, const char *delimiters) OVL_NOTHROW OVL_SYMBOL(strtok);
/* Case is that of ASCII in every locale; the order of texts is the locale's. */
int _stricmp_l(const char *first, const char *second, _locale_t locale) OVL_SYMBOL(_stricmp);
int _stricoll_l(const char *first, const char *second, _locale_t locale) OVL_SYMBOL(_stricmp);
int _strnicmp_l(const char *first, const char *second, size_t most, _locale_t locale) OVL_SYMBOL(_strnicmp);
int _strnicoll_l(const char *first, const char *second, size_t most, _locale_t locale) OVL_SYMBOL(_strnicmp);
int _strncoll_l(const char *first, const char *second, size_t most, _locale_t locale) OVL_LIBC(strncmp);
int _memicmp_l(const void *first, const void *second, size_t bytes, _locale_t locale) OVL_SYMBOL(_memicmp);
char *_strlwr_l(char *text, _locale_t locale) OVL_SYMBOL(_strlwr);
char *_strupr_l(char *text, _locale_t locale) OVL_SYMBOL(_strupr);
errno_t _strlwr_s_l(char *text, size_t room, _locale_t locale) OVL_SYMBOL(_strlwr_s);
errno_t _strupr_s_l(char *text, size_t room, _locale_t locale) OVL_SYMBOL(_strupr_s);
OVL_INLINE int _strcoll_l(const char *first, const char *second, _locale_t locale) OVL_IN_LOCALE(int, strcoll(first, second))
OVL_INLINE size_t _strxfrm_l(char *to, const char *from, size_t room, _locale_t locale) OVL_IN_LOCALE(size_t, strxfrm(to, from, room))
/* The text, and what errno says. */
OVL_INLINE errno_t _strerror_s(char *to, size_t room, const char *text) {
    size_t at = 0, part;
    if (!to || !room) return 22;
    for (part = text && *text ? 0 : 2; part < 4; part++) {
        const char *from = part == 0 ? text : part == 1 ? ": " : part == 2 ? strerror(*ovl_errno()) : "\n";
        while (*from && at + 1 < room) to[at++] = *from++;
    }
    to[at] = 0;
    return 0;
}
OVL_INLINE char *_strerror(const char *text) {
    static __thread char ovl_text[256];
    _strerror_s(ovl_text, sizeof ovl_text, text);
    return ovl_text;
}
#define strset _strset
#define strnset _strnset
#define stricoll _stricoll
#define memicmp _memicmp
#define _strcmpi _stricmp
#define stricmp _stricmp
#define strcmpi _stricmp
#define strnicmp _strnicmp
#define strlwr _strlwr
#define strupr _strupr
#define strrev _strrev
OVL_END

#ifdef __cplusplus
extern "C++" template <size_t N> inline errno_t strcpy_s(char (&to)[N], const char *from) { return strcpy_s(to, N, from); }
extern "C++" template <size_t N> inline errno_t strncpy_s(char (&to)[N], const char *from, rsize_t most) { return strncpy_s(to, N, from, most); }
extern "C++" template <size_t N> inline errno_t strcat_s(char (&to)[N], const char *from) { return strcat_s(to, N, from); }
extern "C++" template <size_t N> inline errno_t strncat_s(char (&to)[N], const char *from, rsize_t most) { return strncat_s(to, N, from, most); }
extern "C++" template <size_t N> inline errno_t strerror_s(char (&to)[N], int code) { return strerror_s(to, N, code); }
/* As localtime_r in time.h. */
#pragma push_macro("strerror_r")
#undef strerror_r
OVL_BEGIN
int ovl_strerror_r(int code, char *to, size_t room) OVL_LIBC(__xpg_strerror_r);
OVL_END
extern "C++" {
template <typename T> inline int strerror_r(int code, T *to, size_t room) { return ovl_strerror_r(code, to, room); }
}
#pragma pop_macro("strerror_r")
#endif

/* The wide functions are declared here too in Windows. */
#include <wchar.h>

#endif
