/* Random numbers; of cryptography there is nothing else. */
#ifndef OVL_BCRYPT_H
#define OVL_BCRYPT_H
#include "ovl/types.h"

#ifndef BCRYPT_SUCCESS
#define BCRYPT_SUCCESS(status) ((int)(status) >= 0)
#endif
#define BCRYPT_RNG_ALGORITHM OVL_WIDE("RNG")
#define BCRYPT_RNG_USE_ENTROPY_IN_BUFFER 0x1
#define BCRYPT_USE_SYSTEM_PREFERRED_RNG 0x2

typedef PVOID BCRYPT_HANDLE, BCRYPT_ALG_HANDLE;

OVL_BEGIN
int WINAPI BCryptGenRandom(BCRYPT_ALG_HANDLE algorithm, PUCHAR to, ULONG bytes, ULONG flags) OVL_SYMBOL(BCryptGenRandom);
int WINAPI BCryptOpenAlgorithmProvider(BCRYPT_ALG_HANDLE *to, LPCWSTR name, LPCWSTR implementation, ULONG flags)
    OVL_SYMBOL(BCryptOpenAlgorithmProvider);
int WINAPI BCryptCloseAlgorithmProvider(BCRYPT_ALG_HANDLE algorithm, ULONG flags) OVL_SYMBOL(BCryptCloseAlgorithmProvider);
OVL_END

#endif
