/* libc's <ctype.h>, with Microsoft's words for several kinds at once. */
#ifndef OVL_CTYPE_H
#define OVL_CTYPE_H
#pragma GCC system_header
#include "ovl/crt.h"
#include_next <ctype.h>
/* Programs have macros of these names. libc has functions, too. */
#undef isalnum_l
#undef isalpha_l
#undef isblank_l
#undef iscntrl_l
#undef isdigit_l
#undef isgraph_l
#undef islower_l
#undef isprint_l
#undef ispunct_l
#undef isspace_l
#undef isupper_l
#undef isxdigit_l
#undef tolower_l
#undef toupper_l

#define _UPPER 0x1
#define _LOWER 0x2
#define _DIGIT 0x4
#define _SPACE 0x8
#define _PUNCT 0x10
#define _CONTROL 0x20
#define _BLANK 0x40
#define _HEX 0x80
#define _LEADBYTE 0x8000
#define _ALPHA (0x0100 | _UPPER | _LOWER)

OVL_BEGIN
/* The kinds among these that the character is of. */
OVL_INLINE int _isctype(int c, int kinds) {
    int of = 0;
    if (c < 0 || c > 255) return 0;
    if ((isupper)(c)) of |= _UPPER;
    if ((islower)(c)) of |= _LOWER;
    if ((isalpha)(c)) of |= 0x0100;
    if ((isdigit)(c)) of |= _DIGIT;
    if ((isspace)(c)) of |= _SPACE;
    if ((ispunct)(c)) of |= _PUNCT;
    if ((iscntrl)(c)) of |= _CONTROL;
    if ((isblank)(c)) of |= _BLANK;
    if ((isxdigit)(c)) of |= _HEX;
    return of & kinds;
}
/* What a name in C begins with, and what it consists of. */
OVL_INLINE int __iscsymf(int c) { return c == '_' || _isctype(c, _ALPHA); }
OVL_INLINE int __iscsym(int c) { return c == '_' || _isctype(c, _ALPHA | _DIGIT); }
#undef __isascii
#undef __toascii
OVL_INLINE int __isascii(int c) { return (unsigned int)c < 0x80; }
OVL_INLINE int __toascii(int c) { return c & 0x7F; }
/* Kinds and case of bytes are those of ASCII in every locale, since text is UTF-8. */
OVL_INLINE int isleadbyte(int c) { return c >= 0xC2 && c <= 0xF4; }
OVL_INLINE int _isleadbyte_l(int c, _locale_t locale) { return (void)locale, c >= 0xC2 && c <= 0xF4; }
OVL_INLINE int _isctype_l(int c, int kinds, _locale_t locale) { return (void)locale, _isctype(c, kinds); }
int _isalnum_l(int c, _locale_t locale) OVL_LIBC(isalnum);
int _isalpha_l(int c, _locale_t locale) OVL_LIBC(isalpha);
int _isblank_l(int c, _locale_t locale) OVL_LIBC(isblank);
int _iscntrl_l(int c, _locale_t locale) OVL_LIBC(iscntrl);
int _isdigit_l(int c, _locale_t locale) OVL_LIBC(isdigit);
int _isgraph_l(int c, _locale_t locale) OVL_LIBC(isgraph);
int _islower_l(int c, _locale_t locale) OVL_LIBC(islower);
int _isprint_l(int c, _locale_t locale) OVL_LIBC(isprint);
int _ispunct_l(int c, _locale_t locale) OVL_LIBC(ispunct);
int _isspace_l(int c, _locale_t locale) OVL_LIBC(isspace);
int _isupper_l(int c, _locale_t locale) OVL_LIBC(isupper);
int _isxdigit_l(int c, _locale_t locale) OVL_LIBC(isxdigit);
int _tolower_l(int c, _locale_t locale) OVL_LIBC(tolower);
int _toupper_l(int c, _locale_t locale) OVL_LIBC(toupper);
#define iscsym __iscsym
#define iscsymf __iscsymf
OVL_END

#endif
