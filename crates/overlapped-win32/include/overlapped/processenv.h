/* Command line, environment, current directory, standard handles. */
#ifndef OVL_PROCESSENV_H
#define OVL_PROCESSENV_H
#include "minwindef.h"

OVL_BEGIN
WINBASEAPI LPSTR WINAPI GetCommandLineA(VOID) OVL_SYMBOL(GetCommandLineA);
WINBASEAPI LPWSTR WINAPI GetCommandLineW(VOID) OVL_SYMBOL(GetCommandLineW);
WINBASEAPI DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR to, DWORD room) OVL_SYMBOL(GetEnvironmentVariableA);
WINBASEAPI DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR to, DWORD room) OVL_SYMBOL(GetEnvironmentVariableW);
WINBASEAPI BOOL WINAPI SetEnvironmentVariableA(LPCSTR name, LPCSTR value) OVL_SYMBOL(SetEnvironmentVariableA);
WINBASEAPI BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value) OVL_SYMBOL(SetEnvironmentVariableW);
WINBASEAPI DWORD WINAPI ExpandEnvironmentStringsA(LPCSTR from, LPSTR to, DWORD room) OVL_SYMBOL(ExpandEnvironmentStringsA);
WINBASEAPI DWORD WINAPI ExpandEnvironmentStringsW(LPCWSTR from, LPWSTR to, DWORD room) OVL_SYMBOL(ExpandEnvironmentStringsW);
WINBASEAPI DWORD WINAPI GetCurrentDirectoryA(DWORD room, LPSTR to) OVL_SYMBOL(GetCurrentDirectoryA);
WINBASEAPI DWORD WINAPI GetCurrentDirectoryW(DWORD room, LPWSTR to) OVL_SYMBOL(GetCurrentDirectoryW);
WINBASEAPI BOOL WINAPI SetCurrentDirectoryA(LPCSTR name) OVL_SYMBOL(SetCurrentDirectoryA);
WINBASEAPI BOOL WINAPI SetCurrentDirectoryW(LPCWSTR name) OVL_SYMBOL(SetCurrentDirectoryW);
WINBASEAPI DWORD WINAPI SearchPathA(LPCSTR path, LPCSTR name, LPCSTR extension, DWORD room, LPSTR to, LPSTR *part)
    OVL_SYMBOL(SearchPathA);
WINBASEAPI DWORD WINAPI SearchPathW(LPCWSTR path, LPCWSTR name, LPCWSTR extension, DWORD room, LPWSTR to, LPWSTR *part)
    OVL_SYMBOL(SearchPathW);
WINBASEAPI HANDLE WINAPI GetStdHandle(DWORD which) OVL_SYMBOL(GetStdHandle);
WINBASEAPI BOOL WINAPI SetStdHandle(DWORD which, HANDLE handle) OVL_SYMBOL(SetStdHandle);
/* The one without a letter is a function, too: the A form is named after it. */
WINBASEAPI LPCH WINAPI GetEnvironmentStrings(VOID) OVL_SYMBOL(GetEnvironmentStringsA);
WINBASEAPI LPWCH WINAPI GetEnvironmentStringsW(VOID) OVL_SYMBOL(GetEnvironmentStringsW);
WINBASEAPI BOOL WINAPI FreeEnvironmentStringsA(LPCH block) OVL_SYMBOL(FreeEnvironmentStringsA);
WINBASEAPI BOOL WINAPI FreeEnvironmentStringsW(LPWCH block) OVL_SYMBOL(FreeEnvironmentStringsW);
WINBASEAPI BOOL WINAPI NeedCurrentDirectoryForExePathA(LPCSTR name) OVL_SYMBOL(NeedCurrentDirectoryForExePathA);
WINBASEAPI BOOL WINAPI NeedCurrentDirectoryForExePathW(LPCWSTR name) OVL_SYMBOL(NeedCurrentDirectoryForExePathW);
WINBASEAPI BOOL WINAPI SetStdHandleEx(DWORD which, HANDLE value, PHANDLE before) OVL_SYMBOL(SetStdHandleEx);
WINBASEAPI BOOL WINAPI SetEnvironmentStringsW(LPWCH block) OVL_SYMBOL(SetEnvironmentStringsW);
OVL_END

#define GetCommandLine OVL_AW(GetCommandLine)
#define GetEnvironmentVariable OVL_AW(GetEnvironmentVariable)
#define SetEnvironmentVariable OVL_AW(SetEnvironmentVariable)
#define ExpandEnvironmentStrings OVL_AW(ExpandEnvironmentStrings)
#define GetCurrentDirectory OVL_AW(GetCurrentDirectory)
#define SetCurrentDirectory OVL_AW(SetCurrentDirectory)
#ifdef UNICODE
#define GetEnvironmentStrings GetEnvironmentStringsW
#else
#define GetEnvironmentStringsA GetEnvironmentStrings
#endif
#define FreeEnvironmentStrings OVL_AW(FreeEnvironmentStrings)
#define SearchPath OVL_AW(SearchPath)
#define NeedCurrentDirectoryForExePath OVL_AW(NeedCurrentDirectoryForExePath)

#endif
