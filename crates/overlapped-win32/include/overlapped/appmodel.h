/* Packages, of which there are none. */
#ifndef OVL_APPMODEL_H
#define OVL_APPMODEL_H
#include "windows.h"

#define APPMODEL_ERROR_NO_PACKAGE 15700
#define APPMODEL_ERROR_PACKAGE_RUNTIME_CORRUPT 15701
#define APPMODEL_ERROR_PACKAGE_IDENTITY_CORRUPT 15702
#define APPMODEL_ERROR_NO_APPLICATION 15703
#define PACKAGE_FAMILY_NAME_MAX_LENGTH 64
#define PACKAGE_FULL_NAME_MAX_LENGTH 127
#define APPLICATION_USER_MODEL_ID_MAX_LENGTH 130

OVL_BEGIN
WINBASEAPI LONG WINAPI GetCurrentPackageFullName(UINT32 *length, PWSTR to) OVL_SYMBOL(GetCurrentPackageFullName);
WINBASEAPI LONG WINAPI GetCurrentPackageFamilyName(UINT32 *length, PWSTR to) OVL_SYMBOL(GetCurrentPackageFamilyName);
WINBASEAPI LONG WINAPI GetCurrentPackagePath(UINT32 *length, PWSTR to) OVL_SYMBOL(GetCurrentPackagePath);
WINBASEAPI LONG WINAPI GetCurrentPackageId(UINT32 *length, BYTE *to) OVL_SYMBOL(GetCurrentPackageId);
WINBASEAPI LONG WINAPI GetCurrentPackageInfo(const UINT32 flags, UINT32 *length, BYTE *to, UINT32 *count)
    OVL_SYMBOL(GetCurrentPackageInfo);
WINBASEAPI LONG WINAPI GetCurrentApplicationUserModelId(UINT32 *length, PWSTR to) OVL_SYMBOL(GetCurrentApplicationUserModelId);
WINBASEAPI LONG WINAPI GetPackageFullName(HANDLE process, UINT32 *length, PWSTR to) OVL_SYMBOL(GetPackageFullName);
WINBASEAPI LONG WINAPI GetPackageFamilyName(HANDLE process, UINT32 *length, PWSTR to) OVL_SYMBOL(GetPackageFamilyName);
WINBASEAPI LONG WINAPI GetPackageId(HANDLE process, UINT32 *length, BYTE *to) OVL_SYMBOL(GetPackageId);
WINBASEAPI LONG WINAPI GetApplicationUserModelId(HANDLE process, UINT32 *length, PWSTR to) OVL_SYMBOL(GetApplicationUserModelId);
WINBASEAPI LONG WINAPI GetPackagesByPackageFamily(PCWSTR family, UINT32 *count, PWSTR *names, UINT32 *length, WCHAR *to)
    OVL_SYMBOL(GetPackagesByPackageFamily);
WINBASEAPI LONG WINAPI FormatApplicationUserModelId(PCWSTR family, PCWSTR application, UINT32 *length, PWSTR to)
    OVL_SYMBOL(FormatApplicationUserModelId);
WINBASEAPI LONG WINAPI ParseApplicationUserModelId(PCWSTR id, UINT32 *familyLength, PWSTR family, UINT32 *applicationLength,
                                                   PWSTR application) OVL_SYMBOL(ParseApplicationUserModelId);
WINBASEAPI LONG WINAPI PackageFamilyNameFromFullName(PCWSTR name, UINT32 *length, PWSTR to)
    OVL_SYMBOL(PackageFamilyNameFromFullName);
OVL_END

#endif
