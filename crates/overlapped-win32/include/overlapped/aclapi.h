/* Access control lists of files, which have what permissions of Linux express. Other objects answer 50 (ERROR_NOT_SUPPORTED). */
#ifndef OVL_ACLAPI_H
#define OVL_ACLAPI_H
#include "windows.h"
#include "accctrl.h"

OVL_BEGIN
WINADVAPI DWORD WINAPI GetSecurityInfo(HANDLE object, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID *owner, PSID *group,
                                       PACL *dacl, PACL *sacl, PSECURITY_DESCRIPTOR *to) OVL_SYMBOL(GetSecurityInfo);
WINADVAPI DWORD WINAPI SetSecurityInfo(HANDLE object, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID owner, PSID group,
                                       PACL dacl, PACL sacl) OVL_SYMBOL(SetSecurityInfo);
WINADVAPI DWORD WINAPI GetNamedSecurityInfoA(LPCSTR name, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID *owner,
                                             PSID *group, PACL *dacl, PACL *sacl, PSECURITY_DESCRIPTOR *to)
    OVL_SYMBOL(GetNamedSecurityInfoA);
WINADVAPI DWORD WINAPI GetNamedSecurityInfoW(LPCWSTR name, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID *owner,
                                             PSID *group, PACL *dacl, PACL *sacl, PSECURITY_DESCRIPTOR *to)
    OVL_SYMBOL(GetNamedSecurityInfoW);
WINADVAPI DWORD WINAPI GetEffectiveRightsFromAclA(PACL list, PTRUSTEE_A trustee, PACCESS_MASK to)
    OVL_SYMBOL(GetEffectiveRightsFromAclA);
WINADVAPI DWORD WINAPI GetEffectiveRightsFromAclW(PACL list, PTRUSTEE_W trustee, PACCESS_MASK to)
    OVL_SYMBOL(GetEffectiveRightsFromAclW);
WINADVAPI DWORD WINAPI SetEntriesInAclA(ULONG count, PEXPLICIT_ACCESS_A entries, PACL old, PACL *to) OVL_SYMBOL(SetEntriesInAclA);
WINADVAPI DWORD WINAPI SetEntriesInAclW(ULONG count, PEXPLICIT_ACCESS_W entries, PACL old, PACL *to) OVL_SYMBOL(SetEntriesInAclW);
WINADVAPI DWORD WINAPI SetNamedSecurityInfoA(LPSTR name, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID owner, PSID group,
                                             PACL dacl, PACL sacl) OVL_SYMBOL(SetNamedSecurityInfoA);
WINADVAPI DWORD WINAPI SetNamedSecurityInfoW(LPWSTR name, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID owner, PSID group,
                                             PACL dacl, PACL sacl) OVL_SYMBOL(SetNamedSecurityInfoW);
WINADVAPI VOID WINAPI BuildTrusteeWithNameA(PTRUSTEE_A to, LPSTR name) OVL_SYMBOL(BuildTrusteeWithNameA);
WINADVAPI VOID WINAPI BuildTrusteeWithNameW(PTRUSTEE_W to, LPWSTR name) OVL_SYMBOL(BuildTrusteeWithNameW);
WINADVAPI VOID WINAPI BuildTrusteeWithSidA(PTRUSTEE_A to, PSID sid) OVL_SYMBOL(BuildTrusteeWithSidA);
WINADVAPI VOID WINAPI BuildTrusteeWithSidW(PTRUSTEE_W to, PSID sid) OVL_SYMBOL(BuildTrusteeWithSidW);
WINADVAPI VOID WINAPI BuildExplicitAccessWithNameA(PEXPLICIT_ACCESS_A to, LPSTR name, DWORD rights, ACCESS_MODE mode,
                                                   DWORD inheritance) OVL_SYMBOL(BuildExplicitAccessWithNameA);
WINADVAPI VOID WINAPI BuildExplicitAccessWithNameW(PEXPLICIT_ACCESS_W to, LPWSTR name, DWORD rights, ACCESS_MODE mode,
                                                   DWORD inheritance) OVL_SYMBOL(BuildExplicitAccessWithNameW);
OVL_END
#define SetNamedSecurityInfo OVL_AW(SetNamedSecurityInfo)
#define BuildTrusteeWithName OVL_AW(BuildTrusteeWithName)
#define BuildTrusteeWithSid OVL_AW(BuildTrusteeWithSid)
#define BuildExplicitAccessWithName OVL_AW(BuildExplicitAccessWithName)
#define GetNamedSecurityInfo OVL_AW(GetNamedSecurityInfo)
#define GetEffectiveRightsFromAcl OVL_AW(GetEffectiveRightsFromAcl)
#define SetEntriesInAcl OVL_AW(SetEntriesInAcl)

#endif
