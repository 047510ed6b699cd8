/* Identifiers, access control lists and security descriptors. A file has of a list what permissions of Linux express. */
#ifndef OVL_SECURITYBASEAPI_H
#define OVL_SECURITYBASEAPI_H
#include "minwinbase.h"

OVL_BEGIN
WINADVAPI BOOL WINAPI AdjustTokenPrivileges(HANDLE token, BOOL disable, PTOKEN_PRIVILEGES to, DWORD room, PTOKEN_PRIVILEGES before,
                                            PDWORD needed) OVL_SYMBOL(AdjustTokenPrivileges);
WINADVAPI BOOL WINAPI PrivilegeCheck(HANDLE token, PPRIVILEGE_SET asked, LPBOOL has) OVL_SYMBOL(PrivilegeCheck);
WINADVAPI BOOL WINAPI AllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY authority, BYTE count, DWORD a, DWORD b, DWORD c, DWORD d,
                                               DWORD e, DWORD f, DWORD g, DWORD h, PSID *to) OVL_SYMBOL(AllocateAndInitializeSid);
WINADVAPI PVOID WINAPI FreeSid(PSID sid) OVL_SYMBOL(FreeSid);
WINADVAPI BOOL WINAPI IsValidSid(PSID sid) OVL_SYMBOL(IsValidSid);
WINADVAPI BOOL WINAPI EqualSid(PSID first, PSID second) OVL_SYMBOL(EqualSid);
WINADVAPI DWORD WINAPI GetLengthSid(PSID sid) OVL_SYMBOL(GetLengthSid);
WINADVAPI DWORD WINAPI GetSidLengthRequired(UCHAR parts) OVL_SYMBOL(GetSidLengthRequired);
WINADVAPI BOOL WINAPI CopySid(DWORD room, PSID to, PSID from) OVL_SYMBOL(CopySid);
WINADVAPI BOOL WINAPI InitializeSid(PSID to, PSID_IDENTIFIER_AUTHORITY authority, BYTE parts) OVL_SYMBOL(InitializeSid);
WINADVAPI PSID_IDENTIFIER_AUTHORITY WINAPI GetSidIdentifierAuthority(PSID sid) OVL_SYMBOL(GetSidIdentifierAuthority);
WINADVAPI PUCHAR WINAPI GetSidSubAuthorityCount(PSID sid) OVL_SYMBOL(GetSidSubAuthorityCount);
WINADVAPI PDWORD WINAPI GetSidSubAuthority(PSID sid, DWORD part) OVL_SYMBOL(GetSidSubAuthority);
WINADVAPI BOOL WINAPI DuplicateTokenEx(HANDLE token, DWORD access, LPSECURITY_ATTRIBUTES attributes,
                                       SECURITY_IMPERSONATION_LEVEL level, TOKEN_TYPE type, PHANDLE to) OVL_SYMBOL(DuplicateTokenEx);
WINADVAPI BOOL WINAPI ImpersonateLoggedOnUser(HANDLE token) OVL_SYMBOL(ImpersonateLoggedOnUser);
WINADVAPI BOOL WINAPI GetTokenInformation(HANDLE token, TOKEN_INFORMATION_CLASS what, LPVOID to, DWORD room, PDWORD needed)
    OVL_SYMBOL(GetTokenInformation);
WINADVAPI BOOL WINAPI IsWellKnownSid(PSID sid, WELL_KNOWN_SID_TYPE type) OVL_SYMBOL(IsWellKnownSid);
WINADVAPI BOOL WINAPI CreateWellKnownSid(WELL_KNOWN_SID_TYPE type, PSID domain, PSID to, DWORD *bytes) OVL_SYMBOL(CreateWellKnownSid);
WINADVAPI BOOL WINAPI CheckTokenMembership(HANDLE token, PSID sid, PBOOL is) OVL_SYMBOL(CheckTokenMembership);
WINADVAPI BOOL WINAPI InitializeAcl(PACL list, DWORD bytes, DWORD revision) OVL_SYMBOL(InitializeAcl);
WINADVAPI BOOL WINAPI IsValidAcl(PACL list) OVL_SYMBOL(IsValidAcl);
WINADVAPI BOOL WINAPI AddAccessAllowedAce(PACL list, DWORD revision, DWORD rights, PSID sid) OVL_SYMBOL(AddAccessAllowedAce);
WINADVAPI BOOL WINAPI AddAccessAllowedAceEx(PACL list, DWORD revision, DWORD flags, DWORD rights, PSID sid)
    OVL_SYMBOL(AddAccessAllowedAceEx);
WINADVAPI BOOL WINAPI AddAccessDeniedAce(PACL list, DWORD revision, DWORD rights, PSID sid) OVL_SYMBOL(AddAccessDeniedAce);
WINADVAPI BOOL WINAPI AddAccessDeniedAceEx(PACL list, DWORD revision, DWORD flags, DWORD rights, PSID sid)
    OVL_SYMBOL(AddAccessDeniedAceEx);
WINADVAPI BOOL WINAPI GetAce(PACL list, DWORD index, LPVOID *to) OVL_SYMBOL(GetAce);
WINADVAPI BOOL WINAPI GetAclInformation(PACL list, LPVOID to, DWORD room, ACL_INFORMATION_CLASS what) OVL_SYMBOL(GetAclInformation);
WINADVAPI BOOL WINAPI InitializeSecurityDescriptor(PSECURITY_DESCRIPTOR to, DWORD revision) OVL_SYMBOL(InitializeSecurityDescriptor);
WINADVAPI BOOL WINAPI IsValidSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor) OVL_SYMBOL(IsValidSecurityDescriptor);
WINADVAPI DWORD WINAPI GetSecurityDescriptorLength(PSECURITY_DESCRIPTOR descriptor) OVL_SYMBOL(GetSecurityDescriptorLength);
WINADVAPI BOOL WINAPI SetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR descriptor, BOOL present, PACL list, BOOL defaulted)
    OVL_SYMBOL(SetSecurityDescriptorDacl);
WINADVAPI BOOL WINAPI SetSecurityDescriptorOwner(PSECURITY_DESCRIPTOR descriptor, PSID owner, BOOL defaulted)
    OVL_SYMBOL(SetSecurityDescriptorOwner);
WINADVAPI BOOL WINAPI SetSecurityDescriptorGroup(PSECURITY_DESCRIPTOR descriptor, PSID group, BOOL defaulted)
    OVL_SYMBOL(SetSecurityDescriptorGroup);
WINADVAPI BOOL WINAPI GetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR descriptor, LPBOOL present, PACL *list, LPBOOL defaulted)
    OVL_SYMBOL(GetSecurityDescriptorDacl);
WINADVAPI BOOL WINAPI GetSecurityDescriptorOwner(PSECURITY_DESCRIPTOR descriptor, PSID *owner, LPBOOL defaulted)
    OVL_SYMBOL(GetSecurityDescriptorOwner);
WINADVAPI BOOL WINAPI GetSecurityDescriptorGroup(PSECURITY_DESCRIPTOR descriptor, PSID *group, LPBOOL defaulted)
    OVL_SYMBOL(GetSecurityDescriptorGroup);
OVL_END

OVL_BEGIN
/* A server that acts as the client of a pipe has the rights that it has anyway. */
WINBASEAPI BOOL WINAPI RevertToSelf(VOID) OVL_SYMBOL(RevertToSelf);
OVL_END

#endif
