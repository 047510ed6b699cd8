/* Directories of a user, by their identifiers. */
#ifndef OVL_SHLOBJ_H
#define OVL_SHLOBJ_H
#include "windows.h"
#include "guiddef.h"
#include "objbase.h"

#define KF_FLAG_DEFAULT 0
#define KF_FLAG_CREATE 0x8000
#define KF_FLAG_DONT_VERIFY 0x4000

OVL_BEGIN
WINBASEAPI HRESULT WINAPI SHGetKnownFolderPath(REFGUID which, DWORD flags, HANDLE token, PWSTR *to) OVL_SYMBOL(SHGetKnownFolderPath);
OVL_END

#endif
