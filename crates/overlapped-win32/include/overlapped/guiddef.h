/* GUIDs: names of extension functions here, and no more. */
#ifndef OVL_GUIDDEF_H
#define OVL_GUIDDEF_H
#include "ovl/base.h"
#include <string.h>

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
    unsigned int Data1;
    unsigned short Data2;
    unsigned short Data3;
    unsigned char Data4[8];
} GUID, *LPGUID, IID, CLSID;
OVL_SIZE(GUID, 16);
#endif
typedef const GUID *LPCGUID;

#ifdef __cplusplus
#define REFGUID const GUID &
inline bool operator==(const GUID &a, const GUID &b) { return __builtin_memcmp(&a, &b, sizeof(GUID)) == 0; }
inline bool operator!=(const GUID &a, const GUID &b) { return !(a == b); }
#define IsEqualGUID(a, b) ((a) == (b))
#else
#define REFGUID const GUID *
#define IsEqualGUID(a, b) (memcmp((a), (b), sizeof(GUID)) == 0)
#endif
#define REFIID REFGUID
#define REFCLSID REFGUID

#ifdef __cplusplus
#define OVL_GUID_LINKAGE extern "C" const
#else
#define OVL_GUID_LINKAGE const
#endif
#undef DEFINE_GUID
#ifdef INITGUID
#define DEFINE_GUID(name, a, b, c, d, e, f, g, h, i, j, k) \
    OVL_GUID_LINKAGE GUID __attribute__((__weak__)) name = {a, b, c, {d, e, f, g, h, i, j, k}}
#elif defined(__cplusplus)
#define DEFINE_GUID(name, a, b, c, d, e, f, g, h, i, j, k) extern "C" const GUID name
#else
#define DEFINE_GUID(name, a, b, c, d, e, f, g, h, i, j, k) extern const GUID name
#endif

#endif
