/* Versions of files: programs of Linux have none (1813). */
#ifndef OVL_WINVER_H
#define OVL_WINVER_H
#include "winbase.h"
#include "verrsrc.h"

OVL_BEGIN
WINBASEAPI DWORD WINAPI GetFileVersionInfoSizeA(LPCSTR file, LPDWORD zero) OVL_SYMBOL(GetFileVersionInfoSizeA);
WINBASEAPI DWORD WINAPI GetFileVersionInfoSizeW(LPCWSTR file, LPDWORD zero) OVL_SYMBOL(GetFileVersionInfoSizeW);
WINBASEAPI BOOL WINAPI GetFileVersionInfoA(LPCSTR file, DWORD zero, DWORD bytes, LPVOID to) OVL_SYMBOL(GetFileVersionInfoA);
WINBASEAPI BOOL WINAPI GetFileVersionInfoW(LPCWSTR file, DWORD zero, DWORD bytes, LPVOID to) OVL_SYMBOL(GetFileVersionInfoW);
WINBASEAPI BOOL WINAPI VerQueryValueA(LPCVOID block, LPCSTR name, LPVOID *to, PUINT length) OVL_SYMBOL(VerQueryValueA);
WINBASEAPI BOOL WINAPI VerQueryValueW(LPCVOID block, LPCWSTR name, LPVOID *to, PUINT length) OVL_SYMBOL(VerQueryValueW);
OVL_END

#define GetFileVersionInfoSize OVL_AW(GetFileVersionInfoSize)
#define GetFileVersionInfo OVL_AW(GetFileVersionInfo)
#define VerQueryValue OVL_AW(VerQueryValue)

#endif
