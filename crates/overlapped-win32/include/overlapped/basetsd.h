/* Integers of known size. Pointer-sized ones are `unsigned long`, so size_t and uintptr_t go where ULONG_PTR does. */
#ifndef OVL_BASETSD_H
#define OVL_BASETSD_H
#include "ovl/base.h"

typedef signed char INT8, *PINT8;
typedef short INT16, *PINT16;
typedef int INT32, *PINT32, LONG32, *PLONG32;
typedef long long INT64, *PINT64, LONG64, *PLONG64;
typedef unsigned char UINT8, *PUINT8;
typedef unsigned short UINT16, *PUINT16;
typedef unsigned int UINT32, *PUINT32, ULONG32, *PULONG32, DWORD32, *PDWORD32;
typedef unsigned long long UINT64, *PUINT64, ULONG64, *PULONG64, DWORD64, *PDWORD64;

typedef long INT_PTR, *PINT_PTR, LONG_PTR, *PLONG_PTR, SSIZE_T, *PSSIZE_T;
typedef unsigned long UINT_PTR, *PUINT_PTR, ULONG_PTR, *PULONG_PTR, DWORD_PTR, *PDWORD_PTR, SIZE_T, *PSIZE_T;
typedef unsigned long KAFFINITY, *PKAFFINITY;
#define __int3264 long

OVL_SIZE(INT64, 8);
OVL_SIZE(ULONG_PTR, sizeof(void *));

#define MAXUINT_PTR (~(UINT_PTR)0)
#define MAXULONG_PTR (~(ULONG_PTR)0)
#define MAXSIZE_T (~(SIZE_T)0)
#define MAXUINT32 0xFFFFFFFFu
#define MAXINT32 0x7FFFFFFF
#define MAXUINT64 0xFFFFFFFFFFFFFFFFull
#define MAXINT64 0x7FFFFFFFFFFFFFFFll

#define PtrToPtr64(p) ((void *)(p))
#define Ptr64ToPtr(p) ((void *)(p))
#define PtrToInt(p) ((int)(INT_PTR)(p))
#define PtrToLong(p) ((int)(INT_PTR)(p))
#define PtrToUlong(p) ((unsigned int)(UINT_PTR)(p))
#define PtrToUint(p) ((unsigned int)(UINT_PTR)(p))
#define HandleToLong(h) ((int)(INT_PTR)(h))
#define HandleToULong(h) ((unsigned int)(UINT_PTR)(h))
#define HandleToUlong(h) ((unsigned int)(UINT_PTR)(h))
#define IntToPtr(i) ((void *)(INT_PTR)(int)(i))
#define LongToPtr(i) ((void *)(INT_PTR)(int)(i))
#define UlongToPtr(u) ((void *)(UINT_PTR)(unsigned int)(u))
#define ULongToPtr(u) ((void *)(UINT_PTR)(unsigned int)(u))
#define UintToPtr(u) ((void *)(UINT_PTR)(unsigned int)(u))
#define LongToHandle(i) ((void *)(INT_PTR)(int)(i))
#define ULongToHandle(u) ((void *)(UINT_PTR)(unsigned int)(u))
#define UlongToHandle(u) ((void *)(UINT_PTR)(unsigned int)(u))

#endif
