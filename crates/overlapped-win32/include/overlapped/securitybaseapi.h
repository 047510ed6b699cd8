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
WINADVAPI BOOL WINAPI AllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY authority, BYTE count, DWORD a, DWORD b, DWORD c, DWORD d,
                                               DWORD e, DWORD f, DWORD g, DWORD h, PSID *to) OVL_SYMBOL(AllocateAndInitializeSid);
WINADVAPI PVOID WINAPI FreeSid(PSID sid) OVL_SYMBOL(FreeSid);
WINADVAPI BOOL WINAPI GetTokenInformation(HANDLE token, TOKEN_INFORMATION_CLASS what, LPVOID to, DWORD room, PDWORD needed)
    OVL_SYMBOL(GetTokenInformation);
OVL_END

#if OVL_HAVE_PIPES || OVL_LATER
#if !OVL_HAVE_PIPES
#include "ovl/later.h"
#endif
OVL_BEGIN
/* A server that acts as the client of a pipe has the rights that it has anyway. */
WINBASEAPI BOOL WINAPI RevertToSelf(VOID) OVL_SYMBOL(RevertToSelf);
OVL_END
#include "ovl/now.h"
#endif

#endif
