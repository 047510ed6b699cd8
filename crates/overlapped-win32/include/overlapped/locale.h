/* libc's <locale.h>, with Microsoft's functions. */
#ifndef OVL_LOCALE_H
#define OVL_LOCALE_H
#pragma GCC system_header
#include "ovl/crt.h"
#include_next <locale.h>

OVL_BEGIN
char *setlocale(int category, const char *locale) OVL_NOTHROW OVL_SYMBOL(setlocale);
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
