/* libc's <locale.h>, with Microsoft's functions. */
#ifndef OVL_LOCALE_H
#define OVL_LOCALE_H
#pragma GCC system_header
#include "ovl/crt.h"
#include_next <locale.h>

OVL_BEGIN
wchar_t *_wsetlocale(int category, const wchar_t *locale) OVL_SYMBOL(_wsetlocale);
OVL_END
/* All threads have one locale. */
#define _ENABLE_PER_THREAD_LOCALE 0x1
#define _DISABLE_PER_THREAD_LOCALE 0x2
OVL_INLINE int _configthreadlocale(int how) { return how == -1 ? -1 : _DISABLE_PER_THREAD_LOCALE; }

#endif
