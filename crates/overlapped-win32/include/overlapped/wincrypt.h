/* Random numbers; of cryptography there is nothing else. */
#ifndef OVL_WINCRYPT_H
#define OVL_WINCRYPT_H
#include "ovl/types.h"
#include "bcrypt.h"

#define PROV_RSA_FULL 1
#define PROV_RSA_AES 24
#define CRYPT_VERIFYCONTEXT 0xF0000000
#define CRYPT_NEWKEYSET 0x8
#define CRYPT_MACHINE_KEYSET 0x20
#define CRYPT_SILENT 0x40

#define NTE_BAD_KEYSET ((HRESULT)0x80090016)

typedef ULONG_PTR HCRYPTPROV;

OVL_BEGIN
WINADVAPI BOOL WINAPI CryptAcquireContextA(HCRYPTPROV *to, LPCSTR container, LPCSTR provider, DWORD kind, DWORD flags)
    OVL_SYMBOL(CryptAcquireContextA);
WINADVAPI BOOL WINAPI CryptAcquireContextW(HCRYPTPROV *to, LPCWSTR container, LPCWSTR provider, DWORD kind, DWORD flags)
    OVL_SYMBOL(CryptAcquireContextW);
WINADVAPI BOOL WINAPI CryptGenRandom(HCRYPTPROV provider, DWORD bytes, BYTE *to) OVL_SYMBOL(CryptGenRandom);
WINADVAPI BOOL WINAPI CryptReleaseContext(HCRYPTPROV provider, DWORD flags) OVL_SYMBOL(CryptReleaseContext);
OVL_END
#define CryptAcquireContext OVL_AW(CryptAcquireContext)

#endif
