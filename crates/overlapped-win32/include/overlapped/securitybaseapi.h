/* Security descriptors: the empty one, which programs hand to pipes and mailslots, is filled in place. Nothing looks at it. */
#ifndef OVL_SECURITYBASEAPI_H
#define OVL_SECURITYBASEAPI_H
#include "minwinbase.h"

OVL_INLINE BOOL InitializeSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, DWORD revision) {
    memset(descriptor, 0, sizeof(SECURITY_DESCRIPTOR));
    ((SECURITY_DESCRIPTOR *)descriptor)->Revision = (BYTE)revision;
    return TRUE;
}

OVL_INLINE BOOL SetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR descriptor, BOOL present, PACL list, BOOL byDefault) {
    ((SECURITY_DESCRIPTOR *)descriptor)->Control = (WORD)((present ? 0x4 : 0) | (byDefault ? 0x8 : 0));
    ((SECURITY_DESCRIPTOR *)descriptor)->Dacl = list;
    return TRUE;
}

OVL_INLINE BOOL IsValidSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor) {
    return descriptor && ((SECURITY_DESCRIPTOR *)descriptor)->Revision == SECURITY_DESCRIPTOR_REVISION;
}

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
OVL_END

OVL_BEGIN
/* A server that acts as the client of a pipe has the rights that it has anyway. */
WINBASEAPI BOOL WINAPI RevertToSelf(VOID) OVL_SYMBOL(RevertToSelf);
OVL_END

#endif
