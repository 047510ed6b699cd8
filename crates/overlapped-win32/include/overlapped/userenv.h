/* A user's environment: where the home directory is. */
#ifndef OVL_USERENV_H
#define OVL_USERENV_H
#include "windows.h"

OVL_BEGIN
WINADVAPI BOOL WINAPI GetUserProfileDirectoryA(HANDLE token, LPSTR to, LPDWORD room) OVL_SYMBOL(GetUserProfileDirectoryA);
WINADVAPI BOOL WINAPI GetUserProfileDirectoryW(HANDLE token, LPWSTR to, LPDWORD room) OVL_SYMBOL(GetUserProfileDirectoryW);
OVL_END
#define GetUserProfileDirectory OVL_AW(GetUserProfileDirectory)

#endif
