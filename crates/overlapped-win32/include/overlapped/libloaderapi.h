/* Modules. */
#ifndef OVL_LIBLOADERAPI_H
#define OVL_LIBLOADERAPI_H
#include "minwindef.h"

#define DONT_RESOLVE_DLL_REFERENCES 0x1
#define LOAD_LIBRARY_AS_DATAFILE 0x2
#define LOAD_WITH_ALTERED_SEARCH_PATH 0x8
#define LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR 0x100
#define LOAD_LIBRARY_SEARCH_APPLICATION_DIR 0x200
#define LOAD_LIBRARY_SEARCH_USER_DIRS 0x400
#define LOAD_LIBRARY_SEARCH_SYSTEM32 0x800
#define LOAD_LIBRARY_SEARCH_DEFAULT_DIRS 0x1000
#define GET_MODULE_HANDLE_EX_FLAG_PIN 0x1
#define GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT 0x2
#define GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS 0x4

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
WINBASEAPI BOOL WINAPI GetModuleHandleExA(DWORD flags, LPCSTR name, HMODULE *to) OVL_SYMBOL(GetModuleHandleExA);
WINBASEAPI BOOL WINAPI GetModuleHandleExW(DWORD flags, LPCWSTR name, HMODULE *to) OVL_SYMBOL(GetModuleHandleExW);
WINBASEAPI HMODULE WINAPI LoadLibraryExA(LPCSTR name, HANDLE reserved, DWORD flags) OVL_SYMBOL(LoadLibraryExA);
WINBASEAPI HMODULE WINAPI LoadLibraryExW(LPCWSTR name, HANDLE reserved, DWORD flags) OVL_SYMBOL(LoadLibraryExW);
typedef PVOID DLL_DIRECTORY_COOKIE, *PDLL_DIRECTORY_COOKIE;
WINBASEAPI DLL_DIRECTORY_COOKIE WINAPI AddDllDirectory(PCWSTR directory) OVL_SYMBOL(AddDllDirectory);
WINBASEAPI BOOL WINAPI RemoveDllDirectory(DLL_DIRECTORY_COOKIE cookie) OVL_SYMBOL(RemoveDllDirectory);
WINBASEAPI BOOL WINAPI SetDefaultDllDirectories(DWORD flags) OVL_SYMBOL(SetDefaultDllDirectories);
DECLSPEC_NORETURN WINBASEAPI VOID WINAPI FreeLibraryAndExitThread(HMODULE module, DWORD code)
    OVL_SYMBOL(FreeLibraryAndExitThread);
/* What ovl/start_library.c calls. */
void ovl_library_attach(BOOL (*main)(HINSTANCE, DWORD, LPVOID), const void *here) OVL_SYMBOL(LibraryAttach);
void ovl_library_detach(const void *here) OVL_SYMBOL(LibraryDetach);
WINBASEAPI HMODULE WINAPI LoadPackagedLibrary(LPCWSTR name, DWORD reserved) OVL_SYMBOL(LoadPackagedLibrary);
OVL_END

#define GetModuleHandle OVL_AW(GetModuleHandle)
#define GetModuleFileName OVL_AW(GetModuleFileName)
#define LoadLibrary OVL_AW(LoadLibrary)
#define GetModuleHandleEx OVL_AW(GetModuleHandleEx)
#define LoadLibraryEx OVL_AW(LoadLibraryEx)

#endif
