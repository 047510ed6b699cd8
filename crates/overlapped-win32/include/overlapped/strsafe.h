/* Strings that end with a zero whatever happens. Sizes are in characters (Cch) or bytes (Cb). */
#ifndef OVL_STRSAFE_H
#define OVL_STRSAFE_H
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include "winerror.h"

#define STRSAFE_MAX_CCH 2147483647
#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007A)
#define STRSAFE_E_INVALID_PARAMETER ((HRESULT)0x80070057)
#define STRSAFE_E_END_OF_FILE ((HRESULT)0x80070026)
#define STRSAFE_IGNORE_NULLS 0x00000100
#define STRSAFE_FILL_BEHIND_NULL 0x00000200
#define STRSAFE_FILL_ON_FAILURE 0x00000400
#define STRSAFE_NULL_ON_FAILURE 0x00000800
#define STRSAFE_NO_TRUNCATION 0x00001000

/* One set of functions for a kind of character: `unit` is its type, `x` its letter. `flags` of the Ex forms: missing strings may
 * be NULL, and a failure may empty the buffer; filling is not done. */
#define OVL_STRSAFE(unit, x) \
    OVL_INLINE HRESULT StringCchLength##x(const unit *text, size_t most, size_t *length) { \
        size_t n = 0; \
        if (!text || most > STRSAFE_MAX_CCH) return STRSAFE_E_INVALID_PARAMETER; \
        while (n < most && text[n]) n++; \
        if (length) *length = n < most ? n : 0; \
        return n < most ? S_OK : STRSAFE_E_INVALID_PARAMETER; \
    } \
    OVL_INLINE HRESULT ovl_put##x(unit *to, size_t room, size_t at, const unit *from, size_t most, unit **end, size_t *left) { \
        size_t n = 0; \
        if (!to || !room || room > STRSAFE_MAX_CCH || at >= room) return STRSAFE_E_INVALID_PARAMETER; \
        while (from && n < most && from[n] && at < room - 1) to[at++] = from[n++]; \
        to[at] = 0; \
        if (end) *end = to + at; \
        if (left) *left = room - at; \
        return from && n < most && from[n] ? STRSAFE_E_INSUFFICIENT_BUFFER : S_OK; \
    } \
    OVL_INLINE size_t ovl_used##x(const unit *text, size_t room) { \
        size_t n = 0; \
        while (text && n < room && text[n]) n++; \
        return n; \
    } \
    OVL_INLINE HRESULT StringCchCopy##x(unit *to, size_t room, const unit *from) { \
        return ovl_put##x(to, room, 0, from, STRSAFE_MAX_CCH, NULL, NULL); \
    } \
    OVL_INLINE HRESULT StringCchCopyN##x(unit *to, size_t room, const unit *from, size_t most) { \
        return ovl_put##x(to, room, 0, from, most, NULL, NULL); \
    } \
    OVL_INLINE HRESULT StringCchCopyEx##x(unit *to, size_t room, const unit *from, unit **end, size_t *left, DWORD flags) { \
        HRESULT result = ovl_put##x(to, room, 0, from, STRSAFE_MAX_CCH, end, left); \
        if (FAILED(result) && (flags & STRSAFE_NULL_ON_FAILURE) && to && room) *to = 0; \
        return result; \
    } \
    OVL_INLINE HRESULT StringCchCat##x(unit *to, size_t room, const unit *from) { \
        return ovl_put##x(to, room, ovl_used##x(to, room), from, STRSAFE_MAX_CCH, NULL, NULL); \
    } \
    OVL_INLINE HRESULT StringCchCatN##x(unit *to, size_t room, const unit *from, size_t most) { \
        return ovl_put##x(to, room, ovl_used##x(to, room), from, most, NULL, NULL); \
    } \
    OVL_INLINE HRESULT StringCbLength##x(const unit *text, size_t most, size_t *length) { \
        HRESULT result = StringCchLength##x(text, most / sizeof(unit), length); \
        if (length) *length *= sizeof(unit); \
        return result; \
    } \
    OVL_INLINE HRESULT StringCbCopy##x(unit *to, size_t room, const unit *from) { \
        return StringCchCopy##x(to, room / sizeof(unit), from); \
    } \
    OVL_INLINE HRESULT StringCbCopyN##x(unit *to, size_t room, const unit *from, size_t most) { \
        return StringCchCopyN##x(to, room / sizeof(unit), from, most / sizeof(unit)); \
    } \
    OVL_INLINE HRESULT StringCbCat##x(unit *to, size_t room, const unit *from) { \
        return StringCchCat##x(to, room / sizeof(unit), from); \
    } \
    OVL_INLINE HRESULT StringCbCatN##x(unit *to, size_t room, const unit *from, size_t most) { \
        return StringCchCatN##x(to, room / sizeof(unit), from, most / sizeof(unit)); \
    }

/* The ones that format. */
#define OVL_STRSAFE_FORMAT(unit, x, format_to) \
    OVL_INLINE HRESULT StringCchVPrintfEx##x(unit *to, size_t room, unit **end, size_t *left, DWORD flags, const unit *format, \
                                             va_list list) { \
        int n; \
        if (!to || !room || room > STRSAFE_MAX_CCH || !format) return STRSAFE_E_INVALID_PARAMETER; \
        n = format_to(to, room, format, list); \
        if (n < 0 || (size_t)n >= room) { \
            to[flags & STRSAFE_NULL_ON_FAILURE ? 0 : room - 1] = 0; \
            if (end) *end = to + (flags & STRSAFE_NULL_ON_FAILURE ? 0 : room - 1); \
            if (left) *left = flags & STRSAFE_NULL_ON_FAILURE ? room : 1; \
            return STRSAFE_E_INSUFFICIENT_BUFFER; \
        } \
        if (end) *end = to + n; \
        if (left) *left = room - (size_t)n; \
        return S_OK; \
    } \
    OVL_INLINE HRESULT StringCchVPrintf##x(unit *to, size_t room, const unit *format, va_list list) { \
        return StringCchVPrintfEx##x(to, room, NULL, NULL, 0, format, list); \
    } \
    OVL_INLINE HRESULT StringCbVPrintf##x(unit *to, size_t room, const unit *format, va_list list) { \
        return StringCchVPrintfEx##x(to, room / sizeof(unit), NULL, NULL, 0, format, list); \
    } \
    OVL_VARIADIC(StringCchPrintf##x, (unit * to, size_t room, const unit *format, ...), format, \
                 StringCchVPrintf##x(to, room, format, ovl_list)) \
    OVL_VARIADIC(StringCbPrintf##x, (unit * to, size_t room, const unit *format, ...), format, \
                 StringCbVPrintf##x(to, room, format, ovl_list)) \
    OVL_VARIADIC(StringCchPrintfEx##x, \
                 (unit * to, size_t room, unit * *end, size_t *left, DWORD flags, const unit *format, ...), format, \
                 StringCchVPrintfEx##x(to, room, end, left, flags, format, ovl_list))

OVL_BEGIN
OVL_STRSAFE(char, A)
OVL_STRSAFE(WCHAR, W)
#if OVL_HAVE_CRT_STDIO
OVL_STRSAFE_FORMAT(char, A, _vsnprintf)
#endif
#if OVL_HAVE_CRT_WIDE
OVL_STRSAFE_FORMAT(WCHAR, W, _vsnwprintf)
#endif
OVL_END

#define StringCchLength OVL_AW(StringCchLength)
#define StringCbLength OVL_AW(StringCbLength)
#define StringCchCopy OVL_AW(StringCchCopy)
#define StringCbCopy OVL_AW(StringCbCopy)
#define StringCchCopyN OVL_AW(StringCchCopyN)
#define StringCbCopyN OVL_AW(StringCbCopyN)
#define StringCchCat OVL_AW(StringCchCat)
#define StringCbCat OVL_AW(StringCbCat)
#define StringCchCatN OVL_AW(StringCchCatN)
#define StringCbCatN OVL_AW(StringCbCatN)
#define StringCchVPrintf OVL_AW(StringCchVPrintf)
#define StringCbVPrintf OVL_AW(StringCbVPrintf)
#define StringCchPrintf OVL_AW(StringCchPrintf)
#define StringCbPrintf OVL_AW(StringCbPrintf)
#define StringCchCopyEx OVL_AW(StringCchCopyEx)
#define StringCchVPrintfEx OVL_AW(StringCchVPrintfEx)
#define StringCchPrintfEx OVL_AW(StringCchPrintfEx)

#endif
