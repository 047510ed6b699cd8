/* A user's environment: where the home directory is. */
#ifndef OVL_USERENV_H
#define OVL_USERENV_H
#include "windows.h"

OVL_BEGIN
WINADVAPI BOOL WINAPI GetUserProfileDirectoryA(HANDLE token, LPSTR to, LPDWORD room) OVL_SYMBOL(GetUserProfileDirectoryA);
WINADVAPI BOOL WINAPI GetUserProfileDirectoryW(HANDLE token, LPWSTR to, LPDWORD room) OVL_SYMBOL(GetUserProfileDirectoryW);
WINADVAPI BOOL WINAPI CreateEnvironmentBlock(LPVOID *to, HANDLE token, BOOL inherit) OVL_SYMBOL(CreateEnvironmentBlock);
WINADVAPI BOOL WINAPI DestroyEnvironmentBlock(LPVOID block) OVL_SYMBOL(DestroyEnvironmentBlock);
WINADVAPI BOOL WINAPI ExpandEnvironmentStringsForUserA(HANDLE token, LPCSTR from, LPSTR to, DWORD room)
    OVL_SYMBOL(ExpandEnvironmentStringsForUserA);
WINADVAPI BOOL WINAPI ExpandEnvironmentStringsForUserW(HANDLE token, LPCWSTR from, LPWSTR to, DWORD room)
    OVL_SYMBOL(ExpandEnvironmentStringsForUserW);
#define ExpandEnvironmentStringsForUser OVL_AW(ExpandEnvironmentStringsForUser)
OVL_END
#define GetUserProfileDirectory OVL_AW(GetUserProfileDirectory)

#endif
