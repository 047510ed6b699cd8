/* Text in UTF-8 and UTF-16. */
#ifndef OVL_STRINGAPISET_H
#define OVL_STRINGAPISET_H
#include "minwindef.h"

OVL_BEGIN
WINBASEAPI int WINAPI MultiByteToWideChar(UINT page, DWORD flags, LPCCH from, int bytes, LPWSTR to, int room)
    OVL_SYMBOL(MultiByteToWideChar);
WINBASEAPI int WINAPI WideCharToMultiByte(UINT page, DWORD flags, LPCWCH from, int units, LPSTR to, int room, LPCCH instead,
                                          LPBOOL used) OVL_SYMBOL(WideCharToMultiByte);
WINBASEAPI int WINAPI CompareStringOrdinal(LPCWCH first, int firstUnits, LPCWCH second, int secondUnits, BOOL ignoreCase)
    OVL_SYMBOL(CompareStringOrdinal);
WINBASEAPI int WINAPI CompareStringEx(LPCWSTR locale, DWORD flags, LPCWCH first, int firstUnits, LPCWCH second, int secondUnits,
                                      PVOID version, LPVOID reserved, LPARAM parameter) OVL_SYMBOL(CompareStringEx);
WINBASEAPI int WINAPI CompareStringW(LCID locale, DWORD flags, PCWCH first, int firstUnits, PCWCH second, int secondUnits)
    OVL_SYMBOL(CompareStringW);
OVL_END

#endif
