/* 32-bit programs, of which there are none. */
#ifndef OVL_WOW64APISET_H
#define OVL_WOW64APISET_H
#include "minwinbase.h"

OVL_BEGIN
/* A file system has no other one for them: nothing is redirected, and that can be turned off and on as often as wanted. */
WINBASEAPI BOOL WINAPI Wow64DisableWow64FsRedirection(PVOID *before) OVL_SYMBOL(Wow64DisableWow64FsRedirection);
WINBASEAPI BOOL WINAPI Wow64RevertWow64FsRedirection(PVOID before) OVL_SYMBOL(Wow64RevertWow64FsRedirection);
WINBASEAPI BOOLEAN WINAPI Wow64EnableWow64FsRedirection(BOOLEAN enable) OVL_SYMBOL(Wow64EnableWow64FsRedirection);
WINBASEAPI BOOL WINAPI IsWow64Process2(HANDLE process, USHORT *processMachine, USHORT *nativeMachine) OVL_SYMBOL(IsWow64Process2);
WINBASEAPI HRESULT WINAPI IsWow64GuestMachineSupported(USHORT machine, BOOL *is) OVL_SYMBOL(IsWow64GuestMachineSupported);
WINBASEAPI UINT WINAPI GetSystemWow64DirectoryA(LPSTR to, UINT room) OVL_SYMBOL(GetSystemWow64DirectoryA);
WINBASEAPI UINT WINAPI GetSystemWow64DirectoryW(LPWSTR to, UINT room) OVL_SYMBOL(GetSystemWow64DirectoryW);
#define GetSystemWow64Directory OVL_AW(GetSystemWow64Directory)
WINBASEAPI UINT WINAPI GetSystemWow64Directory2A(LPSTR to, UINT room, WORD machine) OVL_SYMBOL(GetSystemWow64Directory2A);
WINBASEAPI UINT WINAPI GetSystemWow64Directory2W(LPWSTR to, UINT room, WORD machine) OVL_SYMBOL(GetSystemWow64Directory2W);
#define GetSystemWow64Directory2 OVL_AW(GetSystemWow64Directory2)
WINBASEAPI USHORT WINAPI Wow64SetThreadDefaultGuestMachine(USHORT machine) OVL_SYMBOL(Wow64SetThreadDefaultGuestMachine);
OVL_END
#endif
