/* Code pages. Narrow text is UTF-8, whatever the code page says. */
#ifndef OVL_WINNLS_H
#define OVL_WINNLS_H
#include "minwinbase.h"
#include "stringapiset.h"

#define CP_ACP 0
#define CP_OEMCP 1
#define CP_MACCP 2
#define CP_THREAD_ACP 3
#define CP_SYMBOL 42
#define CP_UTF7 65000
#define CP_UTF8 65001
#define MB_PRECOMPOSED 0x1
#define MB_COMPOSITE 0x2
#define MB_USEGLYPHCHARS 0x4
#define MB_ERR_INVALID_CHARS 0x8
#define WC_DISCARDNS 0x10
#define WC_SEPCHARS 0x20
#define WC_DEFAULTCHAR 0x40
#define WC_COMPOSITECHECK 0x200
#define WC_NO_BEST_FIT_CHARS 0x400
#define WC_ERR_INVALID_CHARS 0x80
#define CSTR_LESS_THAN 1
#define CSTR_EQUAL 2
#define CSTR_GREATER_THAN 3
#define LOCALE_SYSTEM_DEFAULT LANG_SYSTEM_DEFAULT
#define LOCALE_USER_DEFAULT LANG_USER_DEFAULT
#define NORM_IGNORECASE 0x1
#define LINGUISTIC_IGNORECASE 0x10
#define LOCALE_NAME_USER_DEFAULT NULL
#define LOCALE_NAME_INVARIANT OVL_WIDE("")
#define LOCALE_NAME_SYSTEM_DEFAULT OVL_WIDE("!x-sys-default-locale")

typedef struct _cpinfo {
    UINT MaxCharSize;
    BYTE DefaultChar[2];
    BYTE LeadByte[12];
} CPINFO, *LPCPINFO;
OVL_SIZE(CPINFO, 20);

#define LCMAP_LOWERCASE 0x00000100
#define LCMAP_UPPERCASE 0x00000200
#define LCMAP_SORTKEY 0x00000400
#define LCMAP_BYTEREV 0x00000800
#define LCMAP_TITLECASE 0x00000300
#define LCMAP_HASH 0x00040000
#define LCMAP_LINGUISTIC_CASING 0x01000000
#define LCMAP_SORTHANDLE 0x20000000

OVL_BEGIN
WINBASEAPI UINT WINAPI GetACP(VOID) OVL_SYMBOL(GetACP);
WINBASEAPI UINT WINAPI GetOEMCP(VOID) OVL_SYMBOL(GetOEMCP);
WINBASEAPI BOOL WINAPI IsValidCodePage(UINT page) OVL_SYMBOL(IsValidCodePage);
WINBASEAPI BOOL WINAPI GetCPInfo(UINT page, LPCPINFO to) OVL_SYMBOL(GetCPInfo);
WINBASEAPI BOOL WINAPI IsDBCSLeadByte(BYTE byte) OVL_SYMBOL(IsDBCSLeadByte);
WINBASEAPI BOOL WINAPI IsDBCSLeadByteEx(UINT page, BYTE byte) OVL_SYMBOL(IsDBCSLeadByteEx);
WINBASEAPI LCID WINAPI GetUserDefaultLCID(VOID) OVL_SYMBOL(GetUserDefaultLCID);
WINBASEAPI LCID WINAPI GetSystemDefaultLCID(VOID) OVL_SYMBOL(GetSystemDefaultLCID);
WINBASEAPI LANGID WINAPI GetUserDefaultLangID(VOID) OVL_SYMBOL(GetUserDefaultLangID);
WINBASEAPI LCID WINAPI GetThreadLocale(VOID) OVL_SYMBOL(GetThreadLocale);
WINBASEAPI int WINAPI CompareStringA(LCID locale, DWORD flags, PCCH first, int firstBytes, PCCH second, int secondBytes)
    OVL_SYMBOL(CompareStringA);
WINBASEAPI int WINAPI LCMapStringA(LCID locale, DWORD flags, LPCSTR from, int bytes, LPSTR to, int room) OVL_SYMBOL(LCMapStringA);
WINBASEAPI int WINAPI LCMapStringW(LCID locale, DWORD flags, LPCWSTR from, int units, LPWSTR to, int room)
    OVL_SYMBOL(LCMapStringW);
WINBASEAPI int WINAPI LCMapStringEx(LPCWSTR locale, DWORD flags, LPCWSTR from, int units, LPWSTR to, int room, PVOID version,
                                    LPVOID reserved, LPARAM sort) OVL_SYMBOL(LCMapStringEx);
OVL_END
#define CompareString OVL_AW(CompareString)
#define LCMapString OVL_AW(LCMapString)

#endif
