/* The basic types and macros, for minwindef.h and winnt.h alike. DWORD, LONG, ULONG and BOOL have 32 bits, as on Windows;
 * `long` has 64 here. */
#ifndef OVL_TYPES_H
#define OVL_TYPES_H
#include <stddef.h>
#include "base.h"
#include "../basetsd.h"
#include "../sal.h"
#include "../sdkddkver.h"

/* There is one calling convention. */
#define WINAPI
#define APIENTRY
#define APIPRIVATE
#define CALLBACK
#define NTAPI
#define WINAPIV
#define PASCAL
#define CDECL
#define FASTCALL
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
#define NTSYSAPI
#define DECLSPEC_IMPORT
#define DECLSPEC_NORETURN __attribute__((__noreturn__))
#define DECLSPEC_ALIGN(bytes) __attribute__((__aligned__(bytes)))
#define DECLSPEC_NOINLINE __attribute__((__noinline__))
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)
#define FORCEINLINE __forceinline
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
#define MAX_PATH 260

#define VOID void
typedef char CHAR, CCHAR, *PCCHAR, *PCHAR, *LPCH, *PCH, *PSTR, *LPSTR, *NPSTR;
typedef const char *LPCCH, *PCCH, *PCSTR, *LPCSTR;
typedef int BOOL, *PBOOL, *LPBOOL;
typedef unsigned char BYTE, *PBYTE, *LPBYTE, UCHAR, *PUCHAR, BOOLEAN, *PBOOLEAN;
typedef short SHORT, *PSHORT;
typedef unsigned short WORD, *PWORD, *LPWORD, USHORT, *PUSHORT, ATOM;
typedef int INT, *PINT, *LPINT, LONG, *PLONG, *LPLONG, HRESULT, HFILE;
typedef unsigned int DWORD, *PDWORD, *LPDWORD, ULONG, *PULONG, UINT, *PUINT, *LPUINT;
typedef long long LONGLONG, *PLONGLONG;
typedef unsigned long long ULONGLONG, *PULONGLONG, DWORDLONG, *PDWORDLONG;
typedef float FLOAT, *PFLOAT;
typedef double DOUBLE;
typedef void *PVOID, *LPVOID, *HANDLE, **PHANDLE;
typedef const void *PCVOID, *LPCVOID;

/* WCHAR has 16 bits: wchar_t itself under -fshort-wchar. */
#if __SIZEOF_WCHAR_T__ == 2
typedef wchar_t WCHAR;
#define OVL_WIDE(text) L##text
#elif defined(__cplusplus)
typedef char16_t WCHAR;
#define OVL_WIDE(text) u##text
#else
typedef unsigned short WCHAR;
#define OVL_WIDE(text) u##text
#endif
typedef WCHAR *PWCHAR, *LPWCH, *PWCH, *PWSTR, *LPWSTR, *NWPSTR;
typedef const WCHAR *LPCWCH, *PCWCH, *PCWSTR, *LPCWSTR;
OVL_SIZE(DWORD, 4);
OVL_SIZE(LONG, 4);
OVL_SIZE(WCHAR, 2);
OVL_SIZE(HANDLE, 8);

#ifdef UNICODE
typedef WCHAR TCHAR, *PTCHAR, *PTCH, *LPTCH, *PTSTR, *LPTSTR;
typedef const WCHAR *PCTSTR, *LPCTSTR;
#define OVL_TEXT(text) OVL_WIDE(text)
#else
typedef char TCHAR, *PTCHAR, *PTCH, *LPTCH, *PTSTR, *LPTSTR;
typedef const char *PCTSTR, *LPCTSTR;
#define OVL_TEXT(text) text
#endif
typedef unsigned char TBYTE, *PTBYTE;
#define TEXT(text) OVL_TEXT(text)

/* Unions and structures without a name, as Windows' headers have them unless the program says NONAMELESSUNION. */
#ifndef NONAMELESSUNION
#define DUMMYUNIONNAME
#define DUMMYUNIONNAME2
#define DUMMYUNIONNAME3
#define DUMMYSTRUCTNAME
#define DUMMYSTRUCTNAME2
#define DUMMYSTRUCTNAME3
#else
#define DUMMYUNIONNAME u
#define DUMMYUNIONNAME2 u2
#define DUMMYUNIONNAME3 u3
#define DUMMYSTRUCTNAME s
#define DUMMYSTRUCTNAME2 s2
#define DUMMYSTRUCTNAME3 s3
#endif

/* Handles with a type of their own. HANDLE goes for the kernel's objects. */
#define DECLARE_HANDLE(name) typedef struct name##__ { int unused; } *name
DECLARE_HANDLE(HINSTANCE);
typedef HINSTANCE HMODULE;
DECLARE_HANDLE(HWND);
DECLARE_HANDLE(HKEY);
typedef HKEY *PHKEY;

#endif
