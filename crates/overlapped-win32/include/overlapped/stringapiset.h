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
OVL_END

#endif
