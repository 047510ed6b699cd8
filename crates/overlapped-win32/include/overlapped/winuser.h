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
#define SM_CLEANBOOT 67
#define SM_REMOTESESSION 0x1000
#define MAPVK_VK_TO_VSC 0
#define MAPVK_VSC_TO_VK 1
#define MAPVK_VK_TO_CHAR 2
#define EVENT_CONSOLE_LAYOUT 0x4005
#define WINEVENT_OUTOFCONTEXT 0x0

DECLARE_HANDLE(HWINEVENTHOOK);
typedef struct tagMSG {
    HWND hwnd;
    UINT message;
    UINT_PTR wParam;
    LONG_PTR lParam;
    DWORD time;
    POINT pt;
} MSG, *PMSG, *LPMSG;
OVL_SIZE(MSG, 48);

/* Virtual key codes, for the keys of a console. Letters and digits are their characters. */
#define VK_LBUTTON 0x01
#define VK_RBUTTON 0x02
#define VK_CANCEL 0x03
#define VK_MBUTTON 0x04
#define VK_XBUTTON1 0x05
#define VK_XBUTTON2 0x06
#define VK_BACK 0x08
#define VK_TAB 0x09
#define VK_CLEAR 0x0C
#define VK_RETURN 0x0D
#define VK_SHIFT 0x10
#define VK_CONTROL 0x11
#define VK_MENU 0x12
#define VK_PAUSE 0x13
#define VK_CAPITAL 0x14
#define VK_ESCAPE 0x1B
#define VK_SPACE 0x20
#define VK_PRIOR 0x21
#define VK_NEXT 0x22
#define VK_END 0x23
#define VK_HOME 0x24
#define VK_LEFT 0x25
#define VK_UP 0x26
#define VK_RIGHT 0x27
#define VK_DOWN 0x28
#define VK_SELECT 0x29
#define VK_PRINT 0x2A
#define VK_EXECUTE 0x2B
#define VK_SNAPSHOT 0x2C
#define VK_INSERT 0x2D
#define VK_DELETE 0x2E
#define VK_HELP 0x2F
#define VK_LWIN 0x5B
#define VK_RWIN 0x5C
#define VK_APPS 0x5D
#define VK_SLEEP 0x5F
#define VK_NUMPAD0 0x60
#define VK_NUMPAD1 0x61
#define VK_NUMPAD2 0x62
#define VK_NUMPAD3 0x63
#define VK_NUMPAD4 0x64
#define VK_NUMPAD5 0x65
#define VK_NUMPAD6 0x66
#define VK_NUMPAD7 0x67
#define VK_NUMPAD8 0x68
#define VK_NUMPAD9 0x69
#define VK_MULTIPLY 0x6A
#define VK_ADD 0x6B
#define VK_SEPARATOR 0x6C
#define VK_SUBTRACT 0x6D
#define VK_DECIMAL 0x6E
#define VK_DIVIDE 0x6F
#define VK_F1 0x70
#define VK_F2 0x71
#define VK_F3 0x72
#define VK_F4 0x73
#define VK_F5 0x74
#define VK_F6 0x75
#define VK_F7 0x76
#define VK_F8 0x77
#define VK_F9 0x78
#define VK_F10 0x79
#define VK_F11 0x7A
#define VK_F12 0x7B
#define VK_F13 0x7C
#define VK_F14 0x7D
#define VK_F15 0x7E
#define VK_F16 0x7F
#define VK_F17 0x80
#define VK_F18 0x81
#define VK_F19 0x82
#define VK_F20 0x83
#define VK_F21 0x84
#define VK_F22 0x85
#define VK_F23 0x86
#define VK_F24 0x87
#define VK_NUMLOCK 0x90
#define VK_SCROLL 0x91
#define VK_LSHIFT 0xA0
#define VK_RSHIFT 0xA1
#define VK_LCONTROL 0xA2
#define VK_RCONTROL 0xA3
#define VK_LMENU 0xA4
#define VK_RMENU 0xA5
#define VK_OEM_1 0xBA
#define VK_OEM_PLUS 0xBB
#define VK_OEM_COMMA 0xBC
#define VK_OEM_MINUS 0xBD
#define VK_OEM_PERIOD 0xBE
#define VK_OEM_2 0xBF
#define VK_OEM_3 0xC0
#define VK_OEM_4 0xDB
#define VK_OEM_5 0xDC
#define VK_OEM_6 0xDD
#define VK_OEM_7 0xDE
#define VK_OEM_8 0xDF
#define VK_OEM_102 0xE2
#define VK_PACKET 0xE7

OVL_BEGIN
WINUSERAPI DWORD WINAPI MsgWaitForMultipleObjects(DWORD count, const HANDLE *objects, BOOL all, DWORD milliseconds, DWORD mask)
    OVL_SYMBOL(MsgWaitForMultipleObjects);
WINUSERAPI DWORD WINAPI MsgWaitForMultipleObjectsEx(DWORD count, const HANDLE *objects, DWORD milliseconds, DWORD mask,
                                                    DWORD flags) OVL_SYMBOL(MsgWaitForMultipleObjectsEx);
/* There are no windows, so no message ever comes: GetMessage waits for ever. */
WINUSERAPI BOOL WINAPI GetMessageA(LPMSG to, HWND window, UINT first, UINT last) OVL_SYMBOL(GetMessageA);
WINUSERAPI BOOL WINAPI GetMessageW(LPMSG to, HWND window, UINT first, UINT last) OVL_SYMBOL(GetMessageW);
WINUSERAPI BOOL WINAPI TranslateMessage(const MSG *message) OVL_SYMBOL(TranslateMessage);
WINUSERAPI LONG_PTR WINAPI DispatchMessageA(const MSG *message) OVL_SYMBOL(DispatchMessageA);
WINUSERAPI LONG_PTR WINAPI DispatchMessageW(const MSG *message) OVL_SYMBOL(DispatchMessageW);
WINUSERAPI int WINAPI GetSystemMetrics(int index) OVL_SYMBOL(GetSystemMetrics);
WINUSERAPI int WINAPI ToUnicode(UINT key, UINT scan, const BYTE *state, LPWSTR to, int room, UINT flags) OVL_SYMBOL(ToUnicode);
WINUSERAPI UINT WINAPI MapVirtualKeyA(UINT code, UINT kind) OVL_SYMBOL(MapVirtualKeyA);
WINUSERAPI UINT WINAPI MapVirtualKeyW(UINT code, UINT kind) OVL_SYMBOL(MapVirtualKeyW);
WINUSERAPI BOOL WINAPI CharToOemA(LPCSTR from, LPSTR to) OVL_SYMBOL(CharToOemA);
WINUSERAPI BOOL WINAPI CharToOemW(LPCWSTR from, LPSTR to) OVL_SYMBOL(CharToOemW);
WINUSERAPI BOOL WINAPI CharToOemBuffA(LPCSTR from, LPSTR to, DWORD bytes) OVL_SYMBOL(CharToOemBuffA);
WINUSERAPI BOOL WINAPI CharToOemBuffW(LPCWSTR from, LPSTR to, DWORD units) OVL_SYMBOL(CharToOemBuffW);
WINUSERAPI BOOL WINAPI OemToCharA(LPCSTR from, LPSTR to) OVL_SYMBOL(OemToCharA);
WINUSERAPI BOOL WINAPI OemToCharW(LPCSTR from, LPWSTR to) OVL_SYMBOL(OemToCharW);
WINUSERAPI BOOL WINAPI OemToCharBuffA(LPCSTR from, LPSTR to, DWORD bytes) OVL_SYMBOL(OemToCharBuffA);
WINUSERAPI BOOL WINAPI OemToCharBuffW(LPCSTR from, LPWSTR to, DWORD bytes) OVL_SYMBOL(OemToCharBuffW);
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
#define GetMessage OVL_AW(GetMessage)
#define DispatchMessage OVL_AW(DispatchMessage)
#define MapVirtualKey OVL_AW(MapVirtualKey)
#define CharToOem OVL_AW(CharToOem)
#define CharToOemBuff OVL_AW(CharToOemBuff)
#define OemToChar OVL_AW(OemToChar)
#define OemToCharBuff OVL_AW(OemToCharBuff)
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
