/* Strings that end with a zero whatever happens. Sizes are in characters (Cch) or bytes (Cb). */
#ifndef OVL_STRSAFE_H
#define OVL_STRSAFE_H
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

#define StringCchLength OVL_AW(StringCchLength)
#define StringCbLength OVL_AW(StringCbLength)
#define StringCchCopy OVL_AW(StringCchCopy)
#define StringCbCopy OVL_AW(StringCbCopy)
#define StringCchCopyN OVL_AW(StringCchCopyN)
#define StringCbCopyN OVL_AW(StringCbCopyN)
#define StringCchCopyEx OVL_AW(StringCchCopyEx)
#define StringCchCat OVL_AW(StringCchCat)
#define StringCbCat OVL_AW(StringCbCat)
#define StringCchCatN OVL_AW(StringCchCatN)
#define StringCbCatN OVL_AW(StringCbCatN)
#define StringCchCatEx OVL_AW(StringCchCatEx)
#define StringCchVPrintf OVL_AW(StringCchVPrintf)
#define StringCbVPrintf OVL_AW(StringCbVPrintf)
#define StringCchVPrintfEx OVL_AW(StringCchVPrintfEx)
#define StringCbVPrintfEx OVL_AW(StringCbVPrintfEx)
#define StringCchPrintf OVL_AW(StringCchPrintf)
#define StringCbPrintf OVL_AW(StringCbPrintf)
#define StringCchPrintfEx OVL_AW(StringCchPrintfEx)
#define StringCbPrintfEx OVL_AW(StringCbPrintfEx)

#endif
