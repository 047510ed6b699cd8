/* Universally unique identifiers: new ones, as text and back, and their order. */
#ifndef OVL_RPCDCE_H
#define OVL_RPCDCE_H
#include "guiddef.h"
#include "minwindef.h"
#include "winerror.h"

#define RPC_ENTRY WINAPI
#define RPCRTAPI
#define RPC_VAR_ENTRY
typedef LONG RPC_STATUS;
typedef unsigned char *RPC_CSTR;
typedef WCHAR *RPC_WSTR;
#ifndef UUID_DEFINED
#define UUID_DEFINED
typedef GUID UUID;
#endif

#ifndef RPC_S_OK
#define RPC_S_OK 0
#endif
#ifndef RPC_S_INVALID_ARG
#define RPC_S_INVALID_ARG 87
#endif
#ifndef RPC_S_OUT_OF_MEMORY
#define RPC_S_OUT_OF_MEMORY 14
#endif
#ifndef RPC_S_INVALID_STRING_UUID
#define RPC_S_INVALID_STRING_UUID 1705
#endif
#ifndef RPC_S_UUID_NO_ADDRESS
#define RPC_S_UUID_NO_ADDRESS 1739
#endif
#ifndef RPC_S_UUID_LOCAL_ONLY
#define RPC_S_UUID_LOCAL_ONLY 1824
#endif

OVL_BEGIN
RPC_STATUS RPC_ENTRY UuidCreate(UUID *to) OVL_SYMBOL(UuidCreate);
RPC_STATUS RPC_ENTRY UuidCreateSequential(UUID *to) OVL_SYMBOL(UuidCreateSequential);
RPC_STATUS RPC_ENTRY UuidCreateNil(UUID *to) OVL_SYMBOL(UuidCreateNil);
RPC_STATUS RPC_ENTRY UuidToStringA(const UUID *uuid, RPC_CSTR *to) OVL_SYMBOL(UuidToStringA);
RPC_STATUS RPC_ENTRY UuidToStringW(const UUID *uuid, RPC_WSTR *to) OVL_SYMBOL(UuidToStringW);
RPC_STATUS RPC_ENTRY UuidFromStringA(RPC_CSTR text, UUID *to) OVL_SYMBOL(UuidFromStringA);
RPC_STATUS RPC_ENTRY UuidFromStringW(RPC_WSTR text, UUID *to) OVL_SYMBOL(UuidFromStringW);
RPC_STATUS RPC_ENTRY RpcStringFreeA(RPC_CSTR *text) OVL_SYMBOL(RpcStringFreeA);
RPC_STATUS RPC_ENTRY RpcStringFreeW(RPC_WSTR *text) OVL_SYMBOL(RpcStringFreeW);
int RPC_ENTRY UuidCompare(UUID *first, UUID *second, RPC_STATUS *status) OVL_SYMBOL(UuidCompare);
int RPC_ENTRY UuidEqual(UUID *first, UUID *second, RPC_STATUS *status) OVL_SYMBOL(UuidEqual);
int RPC_ENTRY UuidIsNil(UUID *uuid, RPC_STATUS *status) OVL_SYMBOL(UuidIsNil);
unsigned short RPC_ENTRY UuidHash(UUID *uuid, RPC_STATUS *status) OVL_SYMBOL(UuidHash);
OVL_END

#ifdef UNICODE
#define UuidToString UuidToStringW
#define UuidFromString UuidFromStringW
#define RpcStringFree RpcStringFreeW
#define RPC_TSTR RPC_WSTR
#else
#define UuidToString UuidToStringA
#define UuidFromString UuidFromStringA
#define RpcStringFree RpcStringFreeA
#define RPC_TSTR RPC_CSTR
#endif

#endif
