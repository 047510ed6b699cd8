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
WINADVAPI DWORD WINAPI SetEntriesInAclA(ULONG count, PEXPLICIT_ACCESS_A entries, PACL old, PACL *to) OVL_SYMBOL(SetEntriesInAclA);
WINADVAPI DWORD WINAPI SetEntriesInAclW(ULONG count, PEXPLICIT_ACCESS_W entries, PACL old, PACL *to) OVL_SYMBOL(SetEntriesInAclW);
OVL_END
#define SetEntriesInAcl OVL_AW(SetEntriesInAcl)

#endif
