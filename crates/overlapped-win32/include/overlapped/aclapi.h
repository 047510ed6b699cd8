/* Access control lists of objects: there are none, so these functions answer 50 (ERROR_NOT_SUPPORTED). */
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
OVL_END
#define GetNamedSecurityInfo OVL_AW(GetNamedSecurityInfo)
#define GetEffectiveRightsFromAcl OVL_AW(GetEffectiveRightsFromAcl)
#define SetEntriesInAcl OVL_AW(SetEntriesInAcl)

#endif
