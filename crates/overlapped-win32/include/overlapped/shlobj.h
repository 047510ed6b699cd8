/* Directories of a user, by their identifiers. */
#ifndef OVL_SHLOBJ_H
#define OVL_SHLOBJ_H
#include "windows.h"
#include "guiddef.h"
#include "objbase.h"

#define KF_FLAG_DEFAULT 0
#define KF_FLAG_CREATE 0x8000
#define KF_FLAG_DONT_VERIFY 0x4000

#define CSIDL_PERSONAL 0x5
#define CSIDL_APPDATA 0x1A
#define CSIDL_LOCAL_APPDATA 0x1C
#define CSIDL_COMMON_APPDATA 0x23
#define CSIDL_WINDOWS 0x24
#define CSIDL_SYSTEM 0x25
#define CSIDL_PROFILE 0x28

OVL_BEGIN
WINBASEAPI BOOL WINAPI SHGetSpecialFolderPathA(HWND window, LPSTR to, int which, BOOL create) OVL_SYMBOL(SHGetSpecialFolderPathA);
WINBASEAPI BOOL WINAPI SHGetSpecialFolderPathW(HWND window, LPWSTR to, int which, BOOL create) OVL_SYMBOL(SHGetSpecialFolderPathW);
WINBASEAPI HRESULT WINAPI SHGetKnownFolderPath(REFGUID which, DWORD flags, HANDLE token, PWSTR *to) OVL_SYMBOL(SHGetKnownFolderPath);
OVL_END
#define SHGetSpecialFolderPath OVL_AW(SHGetSpecialFolderPath)

#endif
