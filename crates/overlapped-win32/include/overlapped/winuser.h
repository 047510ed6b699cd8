/* Of windows and messages: the wait that involves them, and constants that console programs mention. */
#ifndef OVL_WINUSER_H
#define OVL_WINUSER_H
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
OVL_END

#endif
