/* The basic types and macros. */
#ifndef OVL_MINWINDEF_H
#define OVL_MINWINDEF_H
#include "ovl/types.h"
#include "winnt.h"

typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM, LRESULT;
typedef HANDLE *SPHANDLE, *LPHANDLE, HGLOBAL, HLOCAL, GLOBALHANDLE, LOCALHANDLE;
typedef INT_PTR(WINAPI *FARPROC)(void);
typedef INT_PTR(WINAPI *NEARPROC)(void);
typedef INT_PTR(WINAPI *PROC)(void);

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;
OVL_SIZE(FILETIME, 8);

#define MAKEWORD(low, high) ((WORD)(((BYTE)((DWORD_PTR)(low) & 0xFF)) | ((WORD)((BYTE)((DWORD_PTR)(high) & 0xFF))) << 8))
#define MAKELONG(low, high) ((LONG)(((WORD)((DWORD_PTR)(low) & 0xFFFF)) | ((DWORD)((WORD)((DWORD_PTR)(high) & 0xFFFF))) << 16))
#define LOWORD(value) ((WORD)((DWORD_PTR)(value) & 0xFFFF))
#define HIWORD(value) ((WORD)((DWORD_PTR)(value) >> 16 & 0xFFFF))
#define LOBYTE(value) ((BYTE)((DWORD_PTR)(value) & 0xFF))
#define HIBYTE(value) ((BYTE)((DWORD_PTR)(value) >> 8 & 0xFF))

/* min and max: macros in C; in C++, where macros break the standard library, templates that take two types as macros do. */
#ifndef NOMINMAX
#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-compare"
extern "C++" template <class A, class B> inline constexpr auto min(const A &a, const B &b) -> decltype(a < b ? a : b) { return a < b ? a : b; }
extern "C++" template <class A, class B> inline constexpr auto max(const A &a, const B &b) -> decltype(a > b ? a : b) { return a > b ? a : b; }
#pragma GCC diagnostic pop
#else
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#endif
#endif

#endif
