/* Strings that end with a zero whatever happens. Sizes are in characters (Cch) or bytes (Cb). */
#ifndef OVL_STRSAFE_H
#define OVL_STRSAFE_H
#include <stdio.h>
#include <wchar.h>
#include "ovl/crt.h"
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

OVL_BEGIN
HRESULT StringCchLengthA(LPCSTR text, size_t most, size_t *length) OVL_SYMBOL(StringCchLengthA);
HRESULT StringCchLengthW(LPCWSTR text, size_t most, size_t *length) OVL_SYMBOL(StringCchLengthW);
HRESULT StringCbLengthA(LPCSTR text, size_t most, size_t *length) OVL_SYMBOL(StringCbLengthA);
HRESULT StringCbLengthW(LPCWSTR text, size_t most, size_t *length) OVL_SYMBOL(StringCbLengthW);
HRESULT StringCchCopyA(LPSTR to, size_t room, LPCSTR from) OVL_SYMBOL(StringCchCopyA);
HRESULT StringCchCopyW(LPWSTR to, size_t room, LPCWSTR from) OVL_SYMBOL(StringCchCopyW);
HRESULT StringCbCopyA(LPSTR to, size_t bytes, LPCSTR from) OVL_SYMBOL(StringCbCopyA);
HRESULT StringCbCopyW(LPWSTR to, size_t bytes, LPCWSTR from) OVL_SYMBOL(StringCbCopyW);
HRESULT StringCchCopyNA(LPSTR to, size_t room, LPCSTR from, size_t most) OVL_SYMBOL(StringCchCopyNA);
HRESULT StringCchCopyNW(LPWSTR to, size_t room, LPCWSTR from, size_t most) OVL_SYMBOL(StringCchCopyNW);
HRESULT StringCbCopyNA(LPSTR to, size_t bytes, LPCSTR from, size_t most) OVL_SYMBOL(StringCbCopyNA);
HRESULT StringCbCopyNW(LPWSTR to, size_t bytes, LPCWSTR from, size_t most) OVL_SYMBOL(StringCbCopyNW);
HRESULT StringCchCopyExA(LPSTR to, size_t room, LPCSTR from, LPSTR *end, size_t *left, DWORD flags) OVL_SYMBOL(StringCchCopyExA);
HRESULT StringCchCopyExW(LPWSTR to, size_t room, LPCWSTR from, LPWSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCchCopyExW);
HRESULT StringCchCatA(LPSTR to, size_t room, LPCSTR from) OVL_SYMBOL(StringCchCatA);
HRESULT StringCchCatW(LPWSTR to, size_t room, LPCWSTR from) OVL_SYMBOL(StringCchCatW);
HRESULT StringCbCatA(LPSTR to, size_t bytes, LPCSTR from) OVL_SYMBOL(StringCbCatA);
HRESULT StringCbCatW(LPWSTR to, size_t bytes, LPCWSTR from) OVL_SYMBOL(StringCbCatW);
HRESULT StringCchCatNA(LPSTR to, size_t room, LPCSTR from, size_t most) OVL_SYMBOL(StringCchCatNA);
HRESULT StringCchCatNW(LPWSTR to, size_t room, LPCWSTR from, size_t most) OVL_SYMBOL(StringCchCatNW);
HRESULT StringCbCatNA(LPSTR to, size_t bytes, LPCSTR from, size_t most) OVL_SYMBOL(StringCbCatNA);
HRESULT StringCbCatNW(LPWSTR to, size_t bytes, LPCWSTR from, size_t most) OVL_SYMBOL(StringCbCatNW);
HRESULT StringCchCatExA(LPSTR to, size_t room, LPCSTR from, LPSTR *end, size_t *left, DWORD flags) OVL_SYMBOL(StringCchCatExA);
HRESULT StringCchCatExW(LPWSTR to, size_t room, LPCWSTR from, LPWSTR *end, size_t *left, DWORD flags) OVL_SYMBOL(StringCchCatExW);
HRESULT StringCchCopyNExA(LPSTR to, size_t room, LPCSTR from, size_t most, LPSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCchCopyNExA);
HRESULT StringCchCopyNExW(LPWSTR to, size_t room, LPCWSTR from, size_t most, LPWSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCchCopyNExW);
HRESULT StringCchCatNExA(LPSTR to, size_t room, LPCSTR from, size_t most, LPSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCchCatNExA);
HRESULT StringCchCatNExW(LPWSTR to, size_t room, LPCWSTR from, size_t most, LPWSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCchCatNExW);
HRESULT StringCbCopyExA(LPSTR to, size_t bytes, LPCSTR from, LPSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCbCopyExA);
HRESULT StringCbCopyExW(LPWSTR to, size_t bytes, LPCWSTR from, LPWSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCbCopyExW);
HRESULT StringCbCopyNExA(LPSTR to, size_t bytes, LPCSTR from, size_t most, LPSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCbCopyNExA);
HRESULT StringCbCopyNExW(LPWSTR to, size_t bytes, LPCWSTR from, size_t most, LPWSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCbCopyNExW);
HRESULT StringCbCatExA(LPSTR to, size_t bytes, LPCSTR from, LPSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCbCatExA);
HRESULT StringCbCatExW(LPWSTR to, size_t bytes, LPCWSTR from, LPWSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCbCatExW);
HRESULT StringCbCatNExA(LPSTR to, size_t bytes, LPCSTR from, size_t most, LPSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCbCatNExA);
HRESULT StringCbCatNExW(LPWSTR to, size_t bytes, LPCWSTR from, size_t most, LPWSTR *end, size_t *left, DWORD flags)
    OVL_SYMBOL(StringCbCatNExW);
HRESULT StringCchVPrintfA(LPSTR to, size_t room, LPCSTR format, va_list list) OVL_SYMBOL(StringCchVPrintfA);
HRESULT StringCchVPrintfW(LPWSTR to, size_t room, LPCWSTR format, va_list list) OVL_SYMBOL(StringCchVPrintfW);
HRESULT StringCbVPrintfA(LPSTR to, size_t bytes, LPCSTR format, va_list list) OVL_SYMBOL(StringCbVPrintfA);
HRESULT StringCbVPrintfW(LPWSTR to, size_t bytes, LPCWSTR format, va_list list) OVL_SYMBOL(StringCbVPrintfW);
HRESULT StringCchVPrintfExA(LPSTR to, size_t room, LPSTR *end, size_t *left, DWORD flags, LPCSTR format, va_list list)
    OVL_SYMBOL(StringCchVPrintfExA);
HRESULT StringCchVPrintfExW(LPWSTR to, size_t room, LPWSTR *end, size_t *left, DWORD flags, LPCWSTR format, va_list list)
    OVL_SYMBOL(StringCchVPrintfExW);
HRESULT StringCbVPrintfExA(LPSTR to, size_t bytes, LPSTR *end, size_t *left, DWORD flags, LPCSTR format, va_list list)
    OVL_SYMBOL(StringCbVPrintfExA);
HRESULT StringCbVPrintfExW(LPWSTR to, size_t bytes, LPWSTR *end, size_t *left, DWORD flags, LPCWSTR format, va_list list)
    OVL_SYMBOL(StringCbVPrintfExW);
OVL_VARIADIC(StringCchPrintfA, (LPSTR to, size_t room, LPCSTR format, ...), format, StringCchVPrintfA(to, room, format, ovl_list))
OVL_VARIADIC(StringCchPrintfW, (LPWSTR to, size_t room, LPCWSTR format, ...), format, StringCchVPrintfW(to, room, format, ovl_list))
OVL_VARIADIC(StringCbPrintfA, (LPSTR to, size_t bytes, LPCSTR format, ...), format, StringCbVPrintfA(to, bytes, format, ovl_list))
OVL_VARIADIC(StringCbPrintfW, (LPWSTR to, size_t bytes, LPCWSTR format, ...), format, StringCbVPrintfW(to, bytes, format, ovl_list))
OVL_VARIADIC(StringCchPrintfExA, (LPSTR to, size_t room, LPSTR *end, size_t *left, DWORD flags, LPCSTR format, ...), format,
             StringCchVPrintfExA(to, room, end, left, flags, format, ovl_list))
OVL_VARIADIC(StringCchPrintfExW, (LPWSTR to, size_t room, LPWSTR *end, size_t *left, DWORD flags, LPCWSTR format, ...), format,
             StringCchVPrintfExW(to, room, end, left, flags, format, ovl_list))
OVL_VARIADIC(StringCbPrintfExA, (LPSTR to, size_t bytes, LPSTR *end, size_t *left, DWORD flags, LPCSTR format, ...), format,
             StringCbVPrintfExA(to, bytes, end, left, flags, format, ovl_list))
OVL_VARIADIC(StringCbPrintfExW, (LPWSTR to, size_t bytes, LPWSTR *end, size_t *left, DWORD flags, LPCWSTR format, ...), format,
             StringCbVPrintfExW(to, bytes, end, left, flags, format, ovl_list))
OVL_END

/* A line of standard input without its end, as much of it as fits; STRSAFE_E_END_OF_FILE if there was none. In the header, so that
 * the program's own stream is read. */
#define OVL_GETS(name, character, next, last, type)                                                                              \
    OVL_INLINE HRESULT name(character *to, size_t room) {                                                                        \
        size_t at = 0;                                                                                                           \
        type unit;                                                                                                               \
        if (room == 0 || room > STRSAFE_MAX_CCH) return STRSAFE_E_INVALID_PARAMETER;                                             \
        to[0] = 0;                                                                                                               \
        if (room == 1) return STRSAFE_E_INSUFFICIENT_BUFFER;                                                                     \
        while (at < room - 1 && (unit = next) != '\n') {                                                                         \
            if (unit == last) {                                                                                                  \
                if (at == 0) return STRSAFE_E_END_OF_FILE;                                                                       \
                break;                                                                                                           \
            }                                                                                                                    \
            to[at++] = (character)unit;                                                                                          \
        }                                                                                                                        \
        to[at] = 0;                                                                                                              \
        return (HRESULT)0;                                                                                                       \
    }
OVL_GETS(StringCchGetsA, char, getc(stdin), EOF, int)
OVL_GETS(StringCchGetsW, WCHAR, getwc(stdin), WEOF, wint_t)
OVL_INLINE HRESULT StringCbGetsA(char *to, size_t bytes) { return StringCchGetsA(to, bytes); }
OVL_INLINE HRESULT StringCbGetsW(WCHAR *to, size_t bytes) { return StringCchGetsW(to, bytes / sizeof(WCHAR)); }
#undef OVL_GETS

#define StringCchLength OVL_AW(StringCchLength)
#define StringCbLength OVL_AW(StringCbLength)
#define StringCchCopy OVL_AW(StringCchCopy)
#define StringCbCopy OVL_AW(StringCbCopy)
#define StringCchCopyN OVL_AW(StringCchCopyN)
#define StringCbCopyN OVL_AW(StringCbCopyN)
#define StringCchGets OVL_AW(StringCchGets)
#define StringCbGets OVL_AW(StringCbGets)
#define StringCchCopyEx OVL_AW(StringCchCopyEx)
#define StringCchCat OVL_AW(StringCchCat)
#define StringCbCat OVL_AW(StringCbCat)
#define StringCchCatN OVL_AW(StringCchCatN)
#define StringCbCatN OVL_AW(StringCbCatN)
#define StringCchCatEx OVL_AW(StringCchCatEx)
#define StringCchCopyNEx OVL_AW(StringCchCopyNEx)
#define StringCchCatNEx OVL_AW(StringCchCatNEx)
#define StringCbCopyEx OVL_AW(StringCbCopyEx)
#define StringCbCopyNEx OVL_AW(StringCbCopyNEx)
#define StringCbCatEx OVL_AW(StringCbCatEx)
#define StringCbCatNEx OVL_AW(StringCbCatNEx)
#define StringCchVPrintf OVL_AW(StringCchVPrintf)
#define StringCbVPrintf OVL_AW(StringCbVPrintf)
#define StringCchVPrintfEx OVL_AW(StringCchVPrintfEx)
#define StringCbVPrintfEx OVL_AW(StringCbVPrintfEx)
#define StringCchPrintf OVL_AW(StringCchPrintf)
#define StringCbPrintf OVL_AW(StringCbPrintf)
#define StringCchPrintfEx OVL_AW(StringCchPrintfEx)
#define StringCbPrintfEx OVL_AW(StringCbPrintfEx)

#endif
