/* Forms of the wide functions with a locale (_l), with numbers of arguments in the format (_p), and without locks. Kinds and case of
 * characters, their order and whole numbers are the same in every locale. */
#ifndef OVL_WIDE_FORMS_H
#define OVL_WIDE_FORMS_H

OVL_BEGIN
int _vfwprintf_p(FILE *to, const wchar_t *format, va_list list) OVL_SYMBOL(_vfwprintf_p);
int _vwprintf_p(const wchar_t *format, va_list list) OVL_SYMBOL(_vwprintf_p);
int _vswprintf_p(wchar_t *to, size_t room, const wchar_t *format, va_list list) OVL_SYMBOL(_vswprintf_p);
int _vscwprintf_p(const wchar_t *format, va_list list) OVL_SYMBOL(_vscwprintf_p);
OVL_VARIADIC(_fwprintf_p, (FILE *to, const wchar_t *format, ...), format, _vfwprintf_p(to, format, ovl_list))
OVL_VARIADIC(_wprintf_p, (const wchar_t *format, ...), format, _vwprintf_p(format, ovl_list))
OVL_VARIADIC(_swprintf_p, (wchar_t *to, size_t room, const wchar_t *format, ...), format, _vswprintf_p(to, room, format, ovl_list))
OVL_VARIADIC(_scwprintf_p, (const wchar_t *format, ...), format, _vscwprintf_p(format, ovl_list))

/* -1 if the text does not fit; what fits is there, with a zero. */
int _vswprintf_c(wchar_t *to, size_t room, const wchar_t *format, va_list list) OVL_SYMBOL(vswprintf);
OVL_VARIADIC(_swprintf_c, (wchar_t *to, size_t room, const wchar_t *format, ...), format, _vswprintf_c(to, room, format, ovl_list))

OVL_WITH_LOCALE(_vfwprintf_l, _fwprintf_l, (FILE *to, const wchar_t *format), (to, format), vfwprintf)
OVL_WITH_LOCALE(_vfwprintf_s_l, _fwprintf_s_l, (FILE *to, const wchar_t *format), (to, format), vfwprintf)
OVL_WITH_LOCALE(_vfwprintf_p_l, _fwprintf_p_l, (FILE *to, const wchar_t *format), (to, format), _vfwprintf_p)
OVL_WITH_LOCALE(_vwprintf_l, _wprintf_l, (const wchar_t *format), (format), vwprintf)
OVL_WITH_LOCALE(_vwprintf_s_l, _wprintf_s_l, (const wchar_t *format), (format), vwprintf)
OVL_WITH_LOCALE(_vwprintf_p_l, _wprintf_p_l, (const wchar_t *format), (format), _vwprintf_p)
OVL_WITH_LOCALE(_vswprintf_l, _swprintf_l, (wchar_t *to, size_t room, const wchar_t *format), (to, room, format), _vswprintf_c)
OVL_WITH_LOCALE(__vswprintf_l, __swprintf_l, (wchar_t *to, const wchar_t *format), (to, format), _vswprintf)
OVL_WITH_LOCALE(_vswprintf_c_l, _swprintf_c_l, (wchar_t *to, size_t room, const wchar_t *format), (to, room, format), _vswprintf_c)
OVL_WITH_LOCALE(_vswprintf_s_l, _swprintf_s_l, (wchar_t *to, size_t room, const wchar_t *format), (to, room, format), vswprintf_s)
OVL_WITH_LOCALE(_vswprintf_p_l, _swprintf_p_l, (wchar_t *to, size_t room, const wchar_t *format), (to, room, format), _vswprintf_p)
OVL_WITH_LOCALE(_vsnwprintf_l, _snwprintf_l, (wchar_t *to, size_t room, const wchar_t *format), (to, room, format), _vsnwprintf)
OVL_WITH_LOCALE(_vsnwprintf_s_l, _snwprintf_s_l, (wchar_t *to, size_t room, size_t most, const wchar_t *format), (to, room, most, format),
                _vsnwprintf_s)
OVL_WITH_LOCALE(_vscwprintf_l, _scwprintf_l, (const wchar_t *format), (format), _vscwprintf)
OVL_WITH_LOCALE(_vscwprintf_p_l, _scwprintf_p_l, (const wchar_t *format), (format), _vscwprintf_p)

int ovl_vsnwscanf(const wchar_t *from, size_t most, const wchar_t *format, va_list list) OVL_SYMBOL(_vsnwscanf);
int ovl_vsnwscanf_s(const wchar_t *from, size_t most, const wchar_t *format, va_list list) OVL_SYMBOL(_vsnwscanf_s);
OVL_VARIADIC(_snwscanf, (const wchar_t *from, size_t most, const wchar_t *format, ...), format, ovl_vsnwscanf(from, most, format, ovl_list))
OVL_VARIADIC(_snwscanf_s, (const wchar_t *from, size_t most, const wchar_t *format, ...), format,
             ovl_vsnwscanf_s(from, most, format, ovl_list))
OVL_WITH_LOCALE(ovl_vsnwscanf_l, _snwscanf_l, (const wchar_t *from, size_t most, const wchar_t *format), (from, most, format),
                ovl_vsnwscanf)
OVL_WITH_LOCALE(ovl_vsnwscanf_s_l, _snwscanf_s_l, (const wchar_t *from, size_t most, const wchar_t *format), (from, most, format),
                ovl_vsnwscanf_s)
OVL_WITH_LOCALE(_vswscanf_l, _swscanf_l, (const wchar_t *from, const wchar_t *format), (from, format), vswscanf)
OVL_WITH_LOCALE(_vswscanf_s_l, _swscanf_s_l, (const wchar_t *from, const wchar_t *format), (from, format), vswscanf_s)
OVL_WITH_LOCALE(_vfwscanf_l, _fwscanf_l, (FILE *from, const wchar_t *format), (from, format), vfwscanf)
OVL_WITH_LOCALE(_vfwscanf_s_l, _fwscanf_s_l, (FILE *from, const wchar_t *format), (from, format), vfwscanf_s)
OVL_WITH_LOCALE(_vwscanf_l, _wscanf_l, (const wchar_t *format), (format), vwscanf)
OVL_WITH_LOCALE(_vwscanf_s_l, _wscanf_s_l, (const wchar_t *format), (format), vwscanf_s)

OVL_INLINE double _wcstod_l(const wchar_t *text, wchar_t **end, _locale_t locale) OVL_IN_LOCALE(double, wcstod(text, end))
OVL_INLINE float _wcstof_l(const wchar_t *text, wchar_t **end, _locale_t locale) OVL_IN_LOCALE(float, wcstof(text, end))
OVL_INLINE long double _wcstold_l(const wchar_t *text, wchar_t **end, _locale_t locale) { return _wcstod_l(text, end, locale); }
long _wcstol_l(const wchar_t *text, wchar_t **end, int base, _locale_t locale) OVL_SYMBOL(wcstol);
unsigned long _wcstoul_l(const wchar_t *text, wchar_t **end, int base, _locale_t locale) OVL_SYMBOL(wcstoul);
long long _wcstoll_l(const wchar_t *text, wchar_t **end, int base, _locale_t locale) OVL_SYMBOL(wcstoll);
unsigned long long _wcstoull_l(const wchar_t *text, wchar_t **end, int base, _locale_t locale) OVL_SYMBOL(wcstoull);
#define _wcstoi64_l _wcstoll_l
#define _wcstoui64_l _wcstoull_l
OVL_INLINE double _wtof_l(const wchar_t *text, _locale_t locale) { return _wcstod_l(text, 0, locale); }
int _wtoi_l(const wchar_t *text, _locale_t locale) OVL_SYMBOL(_wtoi);
int _wtol_l(const wchar_t *text, _locale_t locale) OVL_SYMBOL(_wtol);
long long _wtoi64_l(const wchar_t *text, _locale_t locale) OVL_SYMBOL(_wtoi64);
#define _wtoll_l _wtoi64_l

int _wcscoll_l(const wchar_t *first, const wchar_t *second, _locale_t locale) OVL_SYMBOL(wcscoll);
int _wcsicmp_l(const wchar_t *first, const wchar_t *second, _locale_t locale) OVL_SYMBOL(_wcsicmp);
int _wcsicoll_l(const wchar_t *first, const wchar_t *second, _locale_t locale) OVL_SYMBOL(_wcsicmp);
int _wcsnicmp_l(const wchar_t *first, const wchar_t *second, size_t most, _locale_t locale) OVL_SYMBOL(_wcsnicmp);
int _wcsnicoll_l(const wchar_t *first, const wchar_t *second, size_t most, _locale_t locale) OVL_SYMBOL(_wcsnicmp);
int _wcsncoll_l(const wchar_t *first, const wchar_t *second, size_t most, _locale_t locale) OVL_SYMBOL(wcsncmp);
size_t _wcsxfrm_l(wchar_t *to, const wchar_t *from, size_t room, _locale_t locale) OVL_SYMBOL(wcsxfrm);
wchar_t *_wcslwr_l(wchar_t *text, _locale_t locale) OVL_SYMBOL(_wcslwr);
wchar_t *_wcsupr_l(wchar_t *text, _locale_t locale) OVL_SYMBOL(_wcsupr);
errno_t _wcslwr_s_l(wchar_t *text, size_t room, _locale_t locale) OVL_SYMBOL(_wcslwr_s);
errno_t _wcsupr_s_l(wchar_t *text, size_t room, _locale_t locale) OVL_SYMBOL(_wcsupr_s);
OVL_INLINE size_t _wcsftime_l(wchar_t *to, size_t room, const wchar_t *format, const struct tm *time, _locale_t locale)
    OVL_IN_LOCALE(size_t, wcsftime(to, room, format, time))
/* The text, and what errno says. */
OVL_INLINE errno_t __wcserror_s(wchar_t *to, size_t room, const wchar_t *text) {
    wchar_t ovl_said[128];
    if (!to || !room) return 22;
    if (_wcserror_s(ovl_said, 128, *ovl_errno())) return 22;
    if (text && *text) return _snwprintf_s(to, room, room - 1, L"%ls: %ls\n", text, ovl_said) < 0 ? 34 : 0;
    return _snwprintf_s(to, room, room - 1, L"%ls\n", ovl_said) < 0 ? 34 : 0;
}
OVL_INLINE wchar_t *__wcserror(const wchar_t *text) {
    static __thread wchar_t ovl_text[256];
    __wcserror_s(ovl_text, 256, text);
    return ovl_text;
}

unsigned short _fgetwc_nolock(FILE *from) OVL_SYMBOL(fgetwc);
unsigned short _getwc_nolock(FILE *from) OVL_SYMBOL(fgetwc);
OVL_INLINE unsigned short _getwchar_nolock(void) { return fgetwc(stdin); }
unsigned short _fputwc_nolock(wchar_t unit, FILE *to) OVL_SYMBOL(fputwc);
unsigned short _putwc_nolock(wchar_t unit, FILE *to) OVL_SYMBOL(fputwc);
OVL_INLINE unsigned short _putwchar_nolock(wchar_t unit) { return fputwc(unit, stdout); }
unsigned short _ungetwc_nolock(wchar_t unit, FILE *to) OVL_SYMBOL(ungetwc);

/* The conversions of <wchar.h> with the room; the number of units with the zero is stored. */
OVL_INLINE errno_t mbsrtowcs_s(size_t *done, wchar_t *to, size_t room, const char **from, size_t most, mbstate_t *state) {
    size_t ovl_fits = to ? (most < room ? most : room) : 0, ovl_made;
    if (done) *done = 0;
    if (!from || !*from || !state || !to != !room) return 22;
    if (to) to[0] = 0;
    ovl_made = mbsrtowcs(to, from, ovl_fits, state);
    if (ovl_made == (size_t)-1) return 84;
    if (to && ovl_made >= room) {
        to[most == _TRUNCATE ? room - 1 : 0] = 0;
        if (most == _TRUNCATE && done) *done = room;
        return most == _TRUNCATE ? 80 : 34;
    }
    if (to) to[ovl_made] = 0;
    if (done) *done = ovl_made + 1;
    return 0;
}
OVL_INLINE errno_t wcsrtombs_s(size_t *done, char *to, size_t room, const wchar_t **from, size_t most, mbstate_t *state) {
    size_t ovl_fits = to ? (most < room ? most : room) : 0, ovl_made;
    if (done) *done = 0;
    if (!from || !*from || !state || !to != !room) return 22;
    if (to) to[0] = 0;
    ovl_made = wcsrtombs(to, from, ovl_fits, state);
    if (ovl_made == (size_t)-1) return 84;
    if (to && ovl_made >= room) {
        to[most == _TRUNCATE ? room - 1 : 0] = 0;
        if (most == _TRUNCATE && done) *done = room;
        return most == _TRUNCATE ? 80 : 34;
    }
    if (to) to[ovl_made] = 0;
    if (done) *done = ovl_made + 1;
    return 0;
}
OVL_INLINE errno_t wcrtomb_s(size_t *done, char *to, size_t room, wchar_t unit, mbstate_t *state) {
    char ovl_text[8];
    size_t ovl_made = wcrtomb(ovl_text, unit, state), ovl_at;
    if (done) *done = ovl_made;
    if (ovl_made == (size_t)-1) return 84;
    if (!to) return 0;
    if (ovl_made > room) return 34;
    for (ovl_at = 0; ovl_at < ovl_made; ovl_at++) to[ovl_at] = ovl_text[ovl_at];
    return 0;
}
OVL_END

#endif
