/* libc's <locale.h>, with Microsoft's functions. */
#ifndef OVL_LOCALE_H
#define OVL_LOCALE_H
#pragma GCC system_header
#include "ovl/crt.h"
/* Microsoft's structure has wide members behind those of C89. */
#define lconv ovl_libc_lconv
#define localeconv ovl_libc_localeconv
#include_next <locale.h>
#undef lconv
#undef localeconv

#define LC_MIN LC_CTYPE
#define LC_MAX LC_ALL

struct lconv {
    char *decimal_point;
    char *thousands_sep;
    char *grouping;
    char *int_curr_symbol;
    char *currency_symbol;
    char *mon_decimal_point;
    char *mon_thousands_sep;
    char *mon_grouping;
    char *positive_sign;
    char *negative_sign;
    char int_frac_digits;
    char frac_digits;
    char p_cs_precedes;
    char p_sep_by_space;
    char n_cs_precedes;
    char n_sep_by_space;
    char p_sign_posn;
    char n_sign_posn;
    wchar_t *_W_decimal_point;
    wchar_t *_W_thousands_sep;
    wchar_t *_W_int_curr_symbol;
    wchar_t *_W_currency_symbol;
    wchar_t *_W_mon_decimal_point;
    wchar_t *_W_mon_thousands_sep;
    wchar_t *_W_positive_sign;
    wchar_t *_W_negative_sign;
};

OVL_BEGIN
char *setlocale(int category, const char *locale) OVL_NOTHROW OVL_SYMBOL(setlocale);
struct lconv *localeconv(void) OVL_NOTHROW OVL_SYMBOL(localeconv);
wchar_t *_wsetlocale(int category, const wchar_t *locale) OVL_SYMBOL(_wsetlocale);
_locale_t _create_locale(int category, const char *locale) OVL_SYMBOL(_create_locale);
_locale_t _wcreate_locale(int category, const wchar_t *locale) OVL_SYMBOL(_wcreate_locale);
_locale_t ovl_copy_locale(_locale_t locale) OVL_LIBC(duplocale);
void ovl_free_locale(_locale_t locale) OVL_LIBC(freelocale);
OVL_INLINE _locale_t _get_current_locale(void) { return ovl_copy_locale(ovl_use_locale((_locale_t)0)); }
OVL_INLINE void _free_locale(_locale_t locale) {
    if (locale) ovl_free_locale(locale);
}
OVL_END
/* All threads have one locale. */
#define _ENABLE_PER_THREAD_LOCALE 0x1
#define _DISABLE_PER_THREAD_LOCALE 0x2
OVL_INLINE int _configthreadlocale(int how) { return how == -1 ? -1 : _DISABLE_PER_THREAD_LOCALE; }

#endif
