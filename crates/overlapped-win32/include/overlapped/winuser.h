/* Of windows and messages: the wait that involves them, and constants that console programs mention. */
#ifndef OVL_WINUSER_H
#define OVL_WINUSER_H
#include "ovl/crt.h"
#include "windef.h"

#define MWMO_WAITALL 0x1
#define MWMO_ALERTABLE 0x2
#define MWMO_INPUTAVAILABLE 0x4
#define QS_KEY 0x1
#define QS_MOUSEMOVE 0x2
#define QS_MOUSEBUTTON 0x4
#define QS_POSTMESSAGE 0x8
#define QS_TIMER 0x10
#define QS_PAINT 0x20
#define QS_SENDMESSAGE 0x40
#define QS_HOTKEY 0x80
#define QS_ALLPOSTMESSAGE 0x100
#define QS_RAWINPUT 0x400
#define QS_MOUSE (QS_MOUSEMOVE | QS_MOUSEBUTTON)
#define QS_INPUT (QS_MOUSE | QS_KEY | QS_RAWINPUT)
#define QS_ALLEVENTS (QS_INPUT | QS_POSTMESSAGE | QS_TIMER | QS_PAINT | QS_HOTKEY)
#define QS_ALLINPUT 0x4FF
#define SW_HIDE 0
#define SW_SHOWNORMAL 1
#define SW_SHOW 5
#define SW_SHOWDEFAULT 10
#define WM_USER 0x0400

OVL_BEGIN
WINUSERAPI DWORD WINAPI MsgWaitForMultipleObjects(DWORD count, const HANDLE *objects, BOOL all, DWORD milliseconds, DWORD mask)
    OVL_SYMBOL(MsgWaitForMultipleObjects);
WINUSERAPI DWORD WINAPI MsgWaitForMultipleObjectsEx(DWORD count, const HANDLE *objects, DWORD milliseconds, DWORD mask,
                                                    DWORD flags) OVL_SYMBOL(MsgWaitForMultipleObjectsEx);
WINUSERAPI LPSTR WINAPI CharLowerA(LPSTR text) OVL_SYMBOL(CharLowerA);
WINUSERAPI LPWSTR WINAPI CharLowerW(LPWSTR text) OVL_SYMBOL(CharLowerW);
WINUSERAPI DWORD WINAPI CharLowerBuffA(LPSTR text, DWORD bytes) OVL_SYMBOL(CharLowerBuffA);
WINUSERAPI DWORD WINAPI CharLowerBuffW(LPWSTR text, DWORD units) OVL_SYMBOL(CharLowerBuffW);
WINUSERAPI LPSTR WINAPI CharUpperA(LPSTR text) OVL_SYMBOL(CharUpperA);
WINUSERAPI LPWSTR WINAPI CharUpperW(LPWSTR text) OVL_SYMBOL(CharUpperW);
WINUSERAPI DWORD WINAPI CharUpperBuffA(LPSTR text, DWORD bytes) OVL_SYMBOL(CharUpperBuffA);
WINUSERAPI DWORD WINAPI CharUpperBuffW(LPWSTR text, DWORD units) OVL_SYMBOL(CharUpperBuffW);
WINUSERAPI LPSTR WINAPI CharNextA(LPCSTR text) OVL_SYMBOL(CharNextA);
WINUSERAPI LPWSTR WINAPI CharNextW(LPCWSTR text) OVL_SYMBOL(CharNextW);
WINUSERAPI LPSTR WINAPI CharPrevA(LPCSTR start, LPCSTR text) OVL_SYMBOL(CharPrevA);
WINUSERAPI LPWSTR WINAPI CharPrevW(LPCWSTR start, LPCWSTR text) OVL_SYMBOL(CharPrevW);
WINUSERAPI BOOL WINAPI IsCharAlphaA(CHAR byte) OVL_SYMBOL(IsCharAlphaA);
WINUSERAPI BOOL WINAPI IsCharAlphaW(WCHAR unit) OVL_SYMBOL(IsCharAlphaW);
WINUSERAPI BOOL WINAPI IsCharAlphaNumericA(CHAR byte) OVL_SYMBOL(IsCharAlphaNumericA);
WINUSERAPI BOOL WINAPI IsCharAlphaNumericW(WCHAR unit) OVL_SYMBOL(IsCharAlphaNumericW);
WINUSERAPI int WINAPI wvsprintfA(LPSTR to, LPCSTR format, va_list list) OVL_SYMBOL(wvsprintfA);
WINUSERAPI int WINAPI wvsprintfW(LPWSTR to, LPCWSTR format, va_list list) OVL_SYMBOL(wvsprintfW);
OVL_VARIADIC(wsprintfA, (LPSTR to, LPCSTR format, ...), format, wvsprintfA(to, format, ovl_list))
OVL_VARIADIC(wsprintfW, (LPWSTR to, LPCWSTR format, ...), format, wvsprintfW(to, format, ovl_list))
OVL_END
#define CharLower OVL_AW(CharLower)
#define CharLowerBuff OVL_AW(CharLowerBuff)
#define CharUpper OVL_AW(CharUpper)
#define CharUpperBuff OVL_AW(CharUpperBuff)
#define CharNext OVL_AW(CharNext)
#define CharPrev OVL_AW(CharPrev)
#define IsCharAlpha OVL_AW(IsCharAlpha)
#define IsCharAlphaNumeric OVL_AW(IsCharAlphaNumeric)
#define wsprintf OVL_AW(wsprintf)
#define wvsprintf OVL_AW(wvsprintf)

#endif
