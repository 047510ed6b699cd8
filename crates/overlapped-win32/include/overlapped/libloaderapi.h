/* Modules. */
#ifndef OVL_LIBLOADERAPI_H
#define OVL_LIBLOADERAPI_H
#include "minwindef.h"

OVL_BEGIN
WINBASEAPI HMODULE WINAPI GetModuleHandleA(LPCSTR name) OVL_SYMBOL(GetModuleHandleA);
WINBASEAPI HMODULE WINAPI GetModuleHandleW(LPCWSTR name) OVL_SYMBOL(GetModuleHandleW);
WINBASEAPI DWORD WINAPI GetModuleFileNameA(HMODULE module, LPSTR to, DWORD room) OVL_SYMBOL(GetModuleFileNameA);
WINBASEAPI DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR to, DWORD room) OVL_SYMBOL(GetModuleFileNameW);
WINBASEAPI HMODULE WINAPI LoadLibraryA(LPCSTR name) OVL_SYMBOL(LoadLibraryA);
WINBASEAPI HMODULE WINAPI LoadLibraryW(LPCWSTR name) OVL_SYMBOL(LoadLibraryW);
WINBASEAPI BOOL WINAPI FreeLibrary(HMODULE module) OVL_SYMBOL(FreeLibrary);
WINBASEAPI FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name) OVL_SYMBOL(GetProcAddress);
WINBASEAPI BOOL WINAPI DisableThreadLibraryCalls(HMODULE module) OVL_SYMBOL(DisableThreadLibraryCalls);
OVL_END

#define GetModuleHandle OVL_AW(GetModuleHandle)
#define GetModuleFileName OVL_AW(GetModuleFileName)
#define LoadLibrary OVL_AW(LoadLibrary)

#endif
