/* Kinds of wide characters, of 16 bits. */
#ifndef OVL_WCTYPE_H
#define OVL_WCTYPE_H
#pragma GCC system_header
#include "ovl/crt.h"
#define iswalnum ovl_libc_iswalnum
#define iswalpha ovl_libc_iswalpha
#define iswblank ovl_libc_iswblank
#define iswcntrl ovl_libc_iswcntrl
#define iswdigit ovl_libc_iswdigit
#define iswgraph ovl_libc_iswgraph
#define iswlower ovl_libc_iswlower
#define iswprint ovl_libc_iswprint
#define iswpunct ovl_libc_iswpunct
#define iswspace ovl_libc_iswspace
#define iswupper ovl_libc_iswupper
#define iswxdigit ovl_libc_iswxdigit
#define towlower ovl_libc_towlower
#define towupper ovl_libc_towupper
#include_next <wctype.h>
#undef iswalnum
#undef iswalpha
#undef iswblank
#undef iswcntrl
#undef iswdigit
#undef iswgraph
#undef iswlower
#undef iswprint
#undef iswpunct
#undef iswspace
#undef iswupper
#undef iswxdigit
#undef towlower
#undef towupper

OVL_BEGIN
int iswalnum(wchar_t unit) OVL_SYMBOL(iswalnum);
int iswalpha(wchar_t unit) OVL_SYMBOL(iswalpha);
int iswblank(wchar_t unit) OVL_SYMBOL(iswblank);
int iswcntrl(wchar_t unit) OVL_SYMBOL(iswcntrl);
int iswdigit(wchar_t unit) OVL_SYMBOL(iswdigit);
int iswgraph(wchar_t unit) OVL_SYMBOL(iswgraph);
int iswlower(wchar_t unit) OVL_SYMBOL(iswlower);
int iswprint(wchar_t unit) OVL_SYMBOL(iswprint);
int iswpunct(wchar_t unit) OVL_SYMBOL(iswpunct);
int iswspace(wchar_t unit) OVL_SYMBOL(iswspace);
int iswupper(wchar_t unit) OVL_SYMBOL(iswupper);
int iswxdigit(wchar_t unit) OVL_SYMBOL(iswxdigit);
int iswascii(wchar_t unit) OVL_SYMBOL(iswascii);
wchar_t towlower(wchar_t unit) OVL_SYMBOL(towlower);
wchar_t towupper(wchar_t unit) OVL_SYMBOL(towupper);
OVL_INLINE int __iswcsymf(wchar_t unit) { return unit == L'_' || iswalpha(unit); }
OVL_INLINE int __iswcsym(wchar_t unit) { return unit == L'_' || iswalnum(unit); }
int _iswalnum_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(iswalnum);
int _iswalpha_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(iswalpha);
int _iswblank_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(iswblank);
int _iswcntrl_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(iswcntrl);
int _iswdigit_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(iswdigit);
int _iswgraph_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(iswgraph);
int _iswlower_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(iswlower);
int _iswprint_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(iswprint);
int _iswpunct_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(iswpunct);
int _iswspace_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(iswspace);
int _iswupper_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(iswupper);
int _iswxdigit_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(iswxdigit);
wchar_t _towlower_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(towlower);
wchar_t _towupper_l(wchar_t unit, _locale_t locale) OVL_SYMBOL(towupper);
OVL_INLINE int _iswcsym_l(wchar_t unit, _locale_t locale) { return (void)locale, __iswcsym(unit); }
OVL_INLINE int _iswcsymf_l(wchar_t unit, _locale_t locale) { return (void)locale, __iswcsymf(unit); }
#define iswcsym __iswcsym
#define iswcsymf __iswcsymf
OVL_END

#endif
