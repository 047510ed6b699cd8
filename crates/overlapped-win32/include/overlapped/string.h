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
