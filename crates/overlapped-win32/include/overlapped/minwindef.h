/* The basic types and macros. DWORD, LONG, ULONG and BOOL have 32 bits, as on Windows; `long` has 64 here. */
#ifndef OVL_MINWINDEF_H
#define OVL_MINWINDEF_H
#include "ovl/base.h"
#include "sdkddkver.h"
#include "sal.h"

#define WINAPI
#define APIENTRY
#define APIPRIVATE
#define CALLBACK
#define WINAPIV
#define PASCAL
#define CDECL
#define FAR
#define NEAR
#define CONST const
#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif
#define WINBASEAPI
#define WINADVAPI
#define WINUSERAPI
#define DECLSPEC_IMPORT
#ifdef __cplusplus
#define EXTERN_C extern "C"
#else
#define EXTERN_C extern
#endif

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif
#ifndef NULL
#ifdef __cplusplus
#define NULL __null
#else
#define NULL ((void *)0)
#endif
#endif
#define MAX_PATH 260

typedef int BOOL, *PBOOL, *LPBOOL;
typedef unsigned char BYTE, *PBYTE, *LPBYTE, UCHAR, *PUCHAR;
typedef unsigned short WORD, *PWORD, *LPWORD, USHORT, *PUSHORT, ATOM;
typedef unsigned int DWORD, *PDWORD, *LPDWORD, ULONG, *PULONG, UINT, *PUINT, *LPUINT;
typedef int INT, *PINT, *LPINT, HFILE;
typedef int *LPLONG;
typedef float FLOAT, *PFLOAT;
typedef void *LPVOID;
typedef const void *LPCVOID;

#include "winnt.h"

typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM, LRESULT;
typedef HANDLE *SPHANDLE, *LPHANDLE, HGLOBAL, HLOCAL, GLOBALHANDLE, LOCALHANDLE;
