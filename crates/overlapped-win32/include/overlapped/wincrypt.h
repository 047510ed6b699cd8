/* Random numbers; of cryptography there is nothing else. */
#ifndef OVL_WINCRYPT_H
#define OVL_WINCRYPT_H
#include "ovl/types.h"
#include "bcrypt.h"

#define PROV_RSA_FULL 1
#define PROV_RSA_AES 24
#define CRYPT_VERIFYCONTEXT 0xF0000000
#define CRYPT_NEWKEYSET 0x8
#define CRYPT_DELETEKEYSET 0x10
#define CRYPT_MACHINE_KEYSET 0x20
#define CRYPT_SILENT 0x40

#define MS_DEF_PROV_A "Microsoft Base Cryptographic Provider v1.0"
#define MS_DEF_PROV_W L"Microsoft Base Cryptographic Provider v1.0"
#define MS_DEF_PROV OVL_AW(MS_DEF_PROV_)
#define NTE_BAD_PROV_TYPE ((HRESULT)0x80090014)
#define NTE_BAD_KEYSET ((HRESULT)0x80090016)

typedef ULONG_PTR HCRYPTPROV;

OVL_BEGIN
WINADVAPI BOOL WINAPI CryptAcquireContextA(HCRYPTPROV *to, LPCSTR container, LPCSTR provider, DWORD kind, DWORD flags)
    OVL_SYMBOL(CryptAcquireContextA);
WINADVAPI BOOL WINAPI CryptAcquireContextW(HCRYPTPROV *to, LPCWSTR container, LPCWSTR provider, DWORD kind, DWORD flags)
    OVL_SYMBOL(CryptAcquireContextW);
WINADVAPI BOOL WINAPI CryptGenRandom(HCRYPTPROV provider, DWORD bytes, BYTE *to) OVL_SYMBOL(CryptGenRandom);
WINADVAPI BOOL WINAPI CryptReleaseContext(HCRYPTPROV provider, DWORD flags) OVL_SYMBOL(CryptReleaseContext);
WINADVAPI BOOL WINAPI CryptEnumProvidersA(DWORD index, DWORD *reserved, DWORD flags, DWORD *kind, LPSTR name, DWORD *bytes)
    OVL_SYMBOL(CryptEnumProvidersA);
WINADVAPI BOOL WINAPI CryptEnumProvidersW(DWORD index, DWORD *reserved, DWORD flags, DWORD *kind, LPWSTR name, DWORD *bytes)
    OVL_SYMBOL(CryptEnumProvidersW);
OVL_END
#define CryptAcquireContext OVL_AW(CryptAcquireContext)
#define CryptEnumProviders OVL_AW(CryptEnumProviders)

#endif
