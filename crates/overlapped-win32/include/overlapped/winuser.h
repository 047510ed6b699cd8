/* Messages of threads, keys, and what console programs do with windows. */
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
#define SW_NORMAL 1
#define SW_SHOWMINIMIZED 2
#define SW_SHOWMAXIMIZED 3
#define SW_MAXIMIZE 3
#define SW_SHOWNOACTIVATE 4
#define SW_SHOW 5
#define SW_MINIMIZE 6
#define SW_SHOWMINNOACTIVE 7
#define SW_SHOWNA 8
#define SW_RESTORE 9
#define SW_SHOWDEFAULT 10
#define SW_FORCEMINIMIZE 11
#define SW_MAX 11
#define HIDE_WINDOW 0
#define SHOW_OPENWINDOW 1
#define SHOW_ICONWINDOW 2
#define SHOW_FULLSCREEN 3
#define SHOW_OPENNOACTIVATE 4
#define SW_PARENTCLOSING 1
#define SW_OTHERZOOM 2
#define SW_PARENTOPENING 3
#define SW_OTHERUNZOOM 4
#define SWP_NOSIZE 0x1
#define SWP_NOMOVE 0x2
#define SWP_NOZORDER 0x4
#define SWP_NOREDRAW 0x8
#define SWP_NOACTIVATE 0x10
#define SWP_FRAMECHANGED 0x20
#define SWP_SHOWWINDOW 0x40
#define SWP_HIDEWINDOW 0x80
#define HWND_TOP ((HWND)0)
#define HWND_BOTTOM ((HWND)1)
#define HWND_TOPMOST ((HWND)(LONG_PTR)-1)
#define HWND_NOTOPMOST ((HWND)(LONG_PTR)-2)
#define HWND_MESSAGE ((HWND)(LONG_PTR)-3)
#define HWND_BROADCAST ((HWND)0xFFFF)
#define HWND_DESKTOP ((HWND)0)
#define GWLP_WNDPROC (-4)
#define GWLP_HINSTANCE (-6)
#define GWLP_HWNDPARENT (-8)
#define GWLP_ID (-12)
#define GWL_ID (-12)
#define GWL_STYLE (-16)
#define GWL_EXSTYLE (-20)
#define GWLP_USERDATA (-21)
#define WS_OVERLAPPED 0x0
#define WS_TILED 0x0
#define WS_BORDER 0x800000
#define WS_DLGFRAME 0x400000
#define WS_CLIPCHILDREN 0x2000000
#define WS_CLIPSIBLINGS 0x4000000
#define WS_DISABLED 0x8000000
#define WS_MINIMIZE 0x20000000
#define WS_CHILD 0x40000000
#define WS_CHILDWINDOW 0x40000000
#define WS_POPUP 0x80000000
#define WS_OVERLAPPEDWINDOW 0xCF0000
#define WS_EX_TOPMOST 0x8
#define WS_EX_TOOLWINDOW 0x80
#define WS_EX_NOACTIVATE 0x8000000
#define CW_USEDEFAULT ((int)0x80000000)
#define CS_VREDRAW 0x1
#define CS_HREDRAW 0x2
#define CS_DBLCLKS 0x8
#define CS_OWNDC 0x20
#define CS_GLOBALCLASS 0x4000
#define SMTO_NORMAL 0x0
#define SMTO_BLOCK 0x1
#define SMTO_ABORTIFHUNG 0x2
#define SMTO_NOTIMEOUTIFNOTHUNG 0x8
#define SMTO_ERRORONEXIT 0x20
#define WS_MAXIMIZEBOX 0x10000
#define WS_MINIMIZEBOX 0x20000
#define WS_SIZEBOX 0x40000
#define WS_THICKFRAME 0x40000
#define WS_SYSMENU 0x80000
#define WS_HSCROLL 0x100000
#define WS_VSCROLL 0x200000
#define WS_CAPTION 0xC00000
#define WS_VISIBLE 0x10000000
#define WS_EX_LAYERED 0x80000
#define MF_BYCOMMAND 0x0
#define MF_ENABLED 0x0
#define MF_GRAYED 0x1
#define MF_DISABLED 0x2
#define MF_BYPOSITION 0x400
#define SC_SIZE 0xF000
#define SC_MOVE 0xF010
#define SC_MINIMIZE 0xF020
#define SC_MAXIMIZE 0xF030
#define SC_CLOSE 0xF060
#define SC_RESTORE 0xF120
#define WM_NULL 0x0
#define WM_CREATE 0x1
#define WM_DESTROY 0x2
#define WM_SETTEXT 0xC
#define WM_GETTEXT 0xD
#define WM_GETTEXTLENGTH 0xE
#define WM_NCCREATE 0x81
#define WM_NCDESTROY 0x82
#define WM_NCCALCSIZE 0x83
#define WM_PAINT 0xF
#define WM_CLOSE 0x10
#define WM_QUERYENDSESSION 0x11
#define WM_QUIT 0x12
#define WM_ENDSESSION 0x16
#define WM_WININICHANGE 0x1A
#define WM_SETTINGCHANGE 0x1A
#define WM_GETICON 0x7F
#define WM_SETICON 0x80
#define WM_KEYDOWN 0x100
#define WM_KEYUP 0x101
#define WM_CHAR 0x102
#define WM_SYSKEYDOWN 0x104
#define WM_SYSKEYUP 0x105
#define WM_COMMAND 0x111
#define WM_SYSCOMMAND 0x112
#define WM_TIMER 0x113
#define WM_MOUSEMOVE 0x200
#define WM_LBUTTONDOWN 0x201
#define WM_LBUTTONUP 0x202
#define WM_POWERBROADCAST 0x218
#define WM_DEVICECHANGE 0x219
#define WM_COPYDATA 0x4A
#define WM_HOTKEY 0x312
#define WM_USER 0x0400
#define WM_APP 0x8000
#define PM_NOREMOVE 0x0
#define PM_REMOVE 0x1
#define PM_NOYIELD 0x2
#define USER_TIMER_MINIMUM 0xA
#define USER_TIMER_MAXIMUM 0x7FFFFFFF
#define MB_OK 0x0
#define MB_OKCANCEL 0x1
#define MB_ABORTRETRYIGNORE 0x2
#define MB_YESNOCANCEL 0x3
#define MB_YESNO 0x4
#define MB_RETRYCANCEL 0x5
#define MB_CANCELTRYCONTINUE 0x6
#define MB_ICONHAND 0x10
#define MB_ICONSTOP 0x10
#define MB_ICONERROR 0x10
#define MB_ICONQUESTION 0x20
#define MB_ICONEXCLAMATION 0x30
#define MB_ICONWARNING 0x30
#define MB_ICONASTERISK 0x40
#define MB_ICONINFORMATION 0x40
#define MB_DEFBUTTON1 0x0
#define MB_DEFBUTTON2 0x100
#define MB_DEFBUTTON3 0x200
#define MB_APPLMODAL 0x0
#define MB_SYSTEMMODAL 0x1000
#define MB_TASKMODAL 0x2000
#define MB_NOFOCUS 0x8000
#define MB_SETFOREGROUND 0x10000
#define MB_DEFAULT_DESKTOP_ONLY 0x20000
#define MB_TOPMOST 0x40000
#define MB_SERVICE_NOTIFICATION 0x200000
#define IDOK 1
#define IDCANCEL 2
#define IDABORT 3
#define IDRETRY 4
#define IDIGNORE 5
#define IDYES 6
#define IDNO 7
#define IDTRYAGAIN 10
#define IDCONTINUE 11
#define CF_TEXT 1
#define CF_OEMTEXT 7
#define CF_UNICODETEXT 13
#define SPI_GETWHEELSCROLLLINES 0x68
#define WHEEL_DELTA 120
#define WHEEL_PAGESCROLL 0xFFFFFFFFu
#define SM_CXSCREEN 0
#define SM_CYSCREEN 1
#define SM_MOUSEPRESENT 19
#define SM_CMOUSEBUTTONS 43
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
typedef VOID(CALLBACK *TIMERPROC)(HWND window, UINT message, UINT_PTR id, DWORD time);
typedef LRESULT(CALLBACK *WNDPROC)(HWND window, UINT message, WPARAM first, LPARAM second);
typedef BOOL(CALLBACK *WNDENUMPROC)(HWND window, LPARAM parameter);

/* Classes and windows. */
#define OVL_WINDOW_TYPES(suffix, text)                                    \
    typedef struct tagWNDCLASS##suffix {                                  \
        UINT style;                                                       \
        WNDPROC lpfnWndProc;                                              \
        int cbClsExtra;                                                   \
        int cbWndExtra;                                                   \
        HINSTANCE hInstance;                                              \
        HICON hIcon;                                                      \
        HCURSOR hCursor;                                                  \
        HBRUSH hbrBackground;                                             \
        text lpszMenuName;                                                \
        text lpszClassName;                                               \
    } WNDCLASS##suffix, *PWNDCLASS##suffix, *LPWNDCLASS##suffix;          \
    OVL_SIZE(WNDCLASS##suffix, 72);                                       \
    typedef struct tagWNDCLASSEX##suffix {                                \
        UINT cbSize;                                                      \
        UINT style;                                                       \
        WNDPROC lpfnWndProc;                                              \
        int cbClsExtra;                                                   \
        int cbWndExtra;                                                   \
        HINSTANCE hInstance;                                              \
        HICON hIcon;                                                      \
        HCURSOR hCursor;                                                  \
        HBRUSH hbrBackground;                                             \
        text lpszMenuName;                                                \
        text lpszClassName;                                               \
        HICON hIconSm;                                                    \
    } WNDCLASSEX##suffix, *PWNDCLASSEX##suffix, *LPWNDCLASSEX##suffix;    \
    OVL_SIZE(WNDCLASSEX##suffix, 80);                                     \
    typedef struct tagCREATESTRUCT##suffix {                              \
        LPVOID lpCreateParams;                                            \
        HINSTANCE hInstance;                                              \
        HMENU hMenu;                                                      \
        HWND hwndParent;                                                  \
        int cy;                                                           \
        int cx;                                                           \
        int y;                                                            \
        int x;                                                            \
        LONG style;                                                       \
        text lpszName;                                                    \
        text lpszClass;                                                   \
        DWORD dwExStyle;                                                  \
    } CREATESTRUCT##suffix, *LPCREATESTRUCT##suffix;                      \
    OVL_SIZE(CREATESTRUCT##suffix, 80);
OVL_WINDOW_TYPES(A, LPCSTR)
OVL_WINDOW_TYPES(W, LPCWSTR)
#undef OVL_WINDOW_TYPES
#define WNDCLASS OVL_AW(WNDCLASS)
#define WNDCLASSEX OVL_AW(WNDCLASSEX)
#define LPWNDCLASS OVL_AW(LPWNDCLASS)
#define LPWNDCLASSEX OVL_AW(LPWNDCLASSEX)
#define CREATESTRUCT OVL_AW(CREATESTRUCT)
#define LPCREATESTRUCT OVL_AW(LPCREATESTRUCT)

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
#define VK_KANA 0x15
#define VK_HANGUL 0x15
#define VK_HANGEUL 0x15
#define VK_JUNJA 0x17
#define VK_FINAL 0x18
#define VK_HANJA 0x19
#define VK_KANJI 0x19
#define VK_ESCAPE 0x1B
#define VK_CONVERT 0x1C
#define VK_NONCONVERT 0x1D
#define VK_ACCEPT 0x1E
#define VK_MODECHANGE 0x1F
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
#define VK_BROWSER_BACK 0xA6
#define VK_BROWSER_FORWARD 0xA7
#define VK_BROWSER_REFRESH 0xA8
#define VK_BROWSER_STOP 0xA9
#define VK_BROWSER_SEARCH 0xAA
#define VK_BROWSER_FAVORITES 0xAB
#define VK_BROWSER_HOME 0xAC
#define VK_VOLUME_MUTE 0xAD
#define VK_VOLUME_DOWN 0xAE
#define VK_VOLUME_UP 0xAF
#define VK_MEDIA_NEXT_TRACK 0xB0
#define VK_MEDIA_PREV_TRACK 0xB1
#define VK_MEDIA_STOP 0xB2
#define VK_MEDIA_PLAY_PAUSE 0xB3
#define VK_LAUNCH_MAIL 0xB4
#define VK_LAUNCH_MEDIA_SELECT 0xB5
#define VK_LAUNCH_APP1 0xB6
#define VK_LAUNCH_APP2 0xB7
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
#define VK_PROCESSKEY 0xE5
#define VK_PACKET 0xE7
#define VK_ATTN 0xF6
#define VK_CRSEL 0xF7
#define VK_EXSEL 0xF8
#define VK_EREOF 0xF9
#define VK_PLAY 0xFA
#define VK_ZOOM 0xFB
#define VK_NONAME 0xFC
#define VK_PA1 0xFD
#define VK_OEM_CLEAR 0xFE

#define EWX_LOGOFF 0x0
#define EWX_SHUTDOWN 0x1
#define EWX_REBOOT 0x2
#define EWX_FORCE 0x4
#define EWX_POWEROFF 0x8
#define EWX_FORCEIFHUNG 0x10

/* Where windows are: whoever asks wants to know whether anybody sees them. */
DECLARE_HANDLE(HWINSTA);
#define UOI_FLAGS 1
#define UOI_NAME 2
#define UOI_TYPE 3
#define UOI_USER_SID 4
#define UOI_HEAPSIZE 5
#define UOI_IO 6
#define WSF_VISIBLE 0x1
typedef struct tagUSEROBJECTFLAGS {
    BOOL fInherit;
    BOOL fReserved;
    DWORD dwFlags;
} USEROBJECTFLAGS, *PUSEROBJECTFLAGS;
OVL_SIZE(USEROBJECTFLAGS, 12);

OVL_BEGIN
WINUSERAPI DWORD WINAPI MsgWaitForMultipleObjects(DWORD count, const HANDLE *objects, BOOL all, DWORD milliseconds, DWORD mask)
    OVL_SYMBOL(MsgWaitForMultipleObjects);
WINUSERAPI DWORD WINAPI MsgWaitForMultipleObjectsEx(DWORD count, const HANDLE *objects, DWORD milliseconds, DWORD mask,
                                                    DWORD flags) OVL_SYMBOL(MsgWaitForMultipleObjectsEx);
/* Messages are for threads, and for windows that nobody sees. */
WINUSERAPI BOOL WINAPI GetMessageA(LPMSG to, HWND window, UINT first, UINT last) OVL_SYMBOL(GetMessageA);
WINUSERAPI BOOL WINAPI GetMessageW(LPMSG to, HWND window, UINT first, UINT last) OVL_SYMBOL(GetMessageW);
WINUSERAPI BOOL WINAPI PeekMessageA(LPMSG to, HWND window, UINT first, UINT last, UINT flags) OVL_SYMBOL(PeekMessageA);
WINUSERAPI BOOL WINAPI PeekMessageW(LPMSG to, HWND window, UINT first, UINT last, UINT flags) OVL_SYMBOL(PeekMessageW);
WINUSERAPI BOOL WINAPI WaitMessage(VOID) OVL_SYMBOL(WaitMessage);
WINUSERAPI DWORD WINAPI GetQueueStatus(UINT flags) OVL_SYMBOL(GetQueueStatus);
WINUSERAPI LONG WINAPI GetMessageTime(VOID) OVL_SYMBOL(GetMessageTime);
WINUSERAPI BOOL WINAPI IsGUIThread(BOOL convert) OVL_SYMBOL(IsGUIThread);
WINUSERAPI BOOL WINAPI PostThreadMessageA(DWORD thread, UINT message, WPARAM first, LPARAM second) OVL_SYMBOL(PostThreadMessageA);
WINUSERAPI BOOL WINAPI PostThreadMessageW(DWORD thread, UINT message, WPARAM first, LPARAM second) OVL_SYMBOL(PostThreadMessageW);
WINUSERAPI BOOL WINAPI PostMessageA(HWND window, UINT message, WPARAM first, LPARAM second) OVL_SYMBOL(PostMessageA);
WINUSERAPI BOOL WINAPI PostMessageW(HWND window, UINT message, WPARAM first, LPARAM second) OVL_SYMBOL(PostMessageW);
WINUSERAPI VOID WINAPI PostQuitMessage(int code) OVL_SYMBOL(PostQuitMessage);
WINUSERAPI UINT_PTR WINAPI SetTimer(HWND window, UINT_PTR id, UINT milliseconds, TIMERPROC routine) OVL_SYMBOL(SetTimer);
WINUSERAPI BOOL WINAPI KillTimer(HWND window, UINT_PTR id) OVL_SYMBOL(KillTimer);
WINUSERAPI BOOL WINAPI TranslateMessage(const MSG *message) OVL_SYMBOL(TranslateMessage);
WINUSERAPI LONG_PTR WINAPI DispatchMessageA(const MSG *message) OVL_SYMBOL(DispatchMessageA);
WINUSERAPI LONG_PTR WINAPI DispatchMessageW(const MSG *message) OVL_SYMBOL(DispatchMessageW);

/* Classes, and windows that nobody sees. */
WINUSERAPI ATOM WINAPI RegisterClassA(const WNDCLASSA *type) OVL_SYMBOL(RegisterClassA);
WINUSERAPI ATOM WINAPI RegisterClassW(const WNDCLASSW *type) OVL_SYMBOL(RegisterClassW);
WINUSERAPI ATOM WINAPI RegisterClassExA(const WNDCLASSEXA *type) OVL_SYMBOL(RegisterClassExA);
WINUSERAPI ATOM WINAPI RegisterClassExW(const WNDCLASSEXW *type) OVL_SYMBOL(RegisterClassExW);
WINUSERAPI BOOL WINAPI UnregisterClassA(LPCSTR type, HINSTANCE module) OVL_SYMBOL(UnregisterClassA);
WINUSERAPI BOOL WINAPI UnregisterClassW(LPCWSTR type, HINSTANCE module) OVL_SYMBOL(UnregisterClassW);
WINUSERAPI BOOL WINAPI GetClassInfoExA(HINSTANCE module, LPCSTR type, LPWNDCLASSEXA to) OVL_SYMBOL(GetClassInfoExA);
WINUSERAPI BOOL WINAPI GetClassInfoExW(HINSTANCE module, LPCWSTR type, LPWNDCLASSEXW to) OVL_SYMBOL(GetClassInfoExW);
WINUSERAPI UINT WINAPI RegisterWindowMessageA(LPCSTR name) OVL_SYMBOL(RegisterWindowMessageA);
WINUSERAPI UINT WINAPI RegisterWindowMessageW(LPCWSTR name) OVL_SYMBOL(RegisterWindowMessageW);
WINUSERAPI HWND WINAPI CreateWindowExA(DWORD exStyle, LPCSTR type, LPCSTR title, DWORD style, int x, int y, int width,
    int height, HWND parent, HMENU menu, HINSTANCE module, LPVOID parameter) OVL_SYMBOL(CreateWindowExA);
WINUSERAPI HWND WINAPI CreateWindowExW(DWORD exStyle, LPCWSTR type, LPCWSTR title, DWORD style, int x, int y,
    int width, int height, HWND parent, HMENU menu, HINSTANCE module, LPVOID parameter) OVL_SYMBOL(CreateWindowExW);
WINUSERAPI LRESULT WINAPI DefWindowProcA(HWND window, UINT message, WPARAM first, LPARAM second)
    OVL_SYMBOL(DefWindowProcA);
WINUSERAPI LRESULT WINAPI DefWindowProcW(HWND window, UINT message, WPARAM first, LPARAM second)
    OVL_SYMBOL(DefWindowProcW);
WINUSERAPI LRESULT WINAPI CallWindowProcA(WNDPROC former, HWND window, UINT message, WPARAM first, LPARAM second)
    OVL_SYMBOL(CallWindowProcA);
WINUSERAPI LRESULT WINAPI CallWindowProcW(WNDPROC former, HWND window, UINT message, WPARAM first, LPARAM second)
    OVL_SYMBOL(CallWindowProcW);
WINUSERAPI HWND WINAPI FindWindowExA(HWND parent, HWND after, LPCSTR type, LPCSTR title) OVL_SYMBOL(FindWindowExA);
WINUSERAPI HWND WINAPI FindWindowExW(HWND parent, HWND after, LPCWSTR type, LPCWSTR title) OVL_SYMBOL(FindWindowExW);
WINUSERAPI int WINAPI GetClassNameA(HWND window, LPSTR to, int room) OVL_SYMBOL(GetClassNameA);
WINUSERAPI int WINAPI GetClassNameW(HWND window, LPWSTR to, int room) OVL_SYMBOL(GetClassNameW);
WINUSERAPI LRESULT WINAPI SendMessageTimeoutA(HWND window, UINT message, WPARAM first, LPARAM second, UINT flags,
    UINT milliseconds, PDWORD_PTR result) OVL_SYMBOL(SendMessageTimeoutA);
WINUSERAPI LRESULT WINAPI SendMessageTimeoutW(HWND window, UINT message, WPARAM first, LPARAM second, UINT flags,
    UINT milliseconds, PDWORD_PTR result) OVL_SYMBOL(SendMessageTimeoutW);
WINUSERAPI BOOL WINAPI SendNotifyMessageA(HWND window, UINT message, WPARAM first, LPARAM second)
    OVL_SYMBOL(SendNotifyMessageA);
WINUSERAPI BOOL WINAPI SendNotifyMessageW(HWND window, UINT message, WPARAM first, LPARAM second)
    OVL_SYMBOL(SendNotifyMessageW);
WINUSERAPI BOOL WINAPI IsWindowUnicode(HWND window) OVL_SYMBOL(IsWindowUnicode);
WINUSERAPI HWND WINAPI GetParent(HWND window) OVL_SYMBOL(GetParent);
WINUSERAPI BOOL WINAPI EnumThreadWindows(DWORD thread, WNDENUMPROC routine, LPARAM parameter) OVL_SYMBOL(EnumThreadWindows);
WINUSERAPI BOOL WINAPI ReplyMessage(LRESULT result) OVL_SYMBOL(ReplyMessage);
WINUSERAPI BOOL WINAPI InSendMessage(VOID) OVL_SYMBOL(InSendMessage);

/* Which keys of the console are down, as far as terminals tell. */
WINUSERAPI SHORT WINAPI GetAsyncKeyState(int key) OVL_SYMBOL(GetAsyncKeyState);
WINUSERAPI SHORT WINAPI GetKeyState(int key) OVL_SYMBOL(GetKeyState);
WINUSERAPI BOOL WINAPI GetKeyboardState(PBYTE to) OVL_SYMBOL(GetKeyboardState);

/* A message box is written to stderr; nobody answers it. */
WINUSERAPI int WINAPI MessageBoxA(HWND window, LPCSTR text, LPCSTR title, UINT style) OVL_SYMBOL(MessageBoxA);
WINUSERAPI int WINAPI MessageBoxW(HWND window, LPCWSTR text, LPCWSTR title, UINT style) OVL_SYMBOL(MessageBoxW);

/* What is about the looks of windows fails with 1400. */
WINUSERAPI BOOL WINAPI ShowWindow(HWND window, int how) OVL_SYMBOL(ShowWindow);
WINUSERAPI BOOL WINAPI ShowWindowAsync(HWND window, int how) OVL_SYMBOL(ShowWindowAsync);
WINUSERAPI BOOL WINAPI CloseWindow(HWND window) OVL_SYMBOL(CloseWindow);
WINUSERAPI BOOL WINAPI DestroyWindow(HWND window) OVL_SYMBOL(DestroyWindow);
WINUSERAPI BOOL WINAPI BringWindowToTop(HWND window) OVL_SYMBOL(BringWindowToTop);
WINUSERAPI BOOL WINAPI SetForegroundWindow(HWND window) OVL_SYMBOL(SetForegroundWindow);
WINUSERAPI BOOL WINAPI UpdateWindow(HWND window) OVL_SYMBOL(UpdateWindow);
WINUSERAPI BOOL WINAPI EnableWindow(HWND window, BOOL enable) OVL_SYMBOL(EnableWindow);
WINUSERAPI BOOL WINAPI FlashWindow(HWND window, BOOL invert) OVL_SYMBOL(FlashWindow);
WINUSERAPI BOOL WINAPI MoveWindow(HWND window, int x, int y, int width, int height, BOOL repaint) OVL_SYMBOL(MoveWindow);
WINUSERAPI BOOL WINAPI SetWindowPos(HWND window, HWND after, int x, int y, int width, int height, UINT flags)
    OVL_SYMBOL(SetWindowPos);
WINUSERAPI BOOL WINAPI GetWindowRect(HWND window, LPRECT to) OVL_SYMBOL(GetWindowRect);
WINUSERAPI BOOL WINAPI GetClientRect(HWND window, LPRECT to) OVL_SYMBOL(GetClientRect);
WINUSERAPI BOOL WINAPI ScreenToClient(HWND window, LPPOINT point) OVL_SYMBOL(ScreenToClient);
WINUSERAPI BOOL WINAPI ClientToScreen(HWND window, LPPOINT point) OVL_SYMBOL(ClientToScreen);
WINUSERAPI BOOL WINAPI IsWindow(HWND window) OVL_SYMBOL(IsWindow);
WINUSERAPI BOOL WINAPI IsWindowVisible(HWND window) OVL_SYMBOL(IsWindowVisible);
WINUSERAPI BOOL WINAPI IsIconic(HWND window) OVL_SYMBOL(IsIconic);
WINUSERAPI HWND WINAPI GetForegroundWindow(VOID) OVL_SYMBOL(GetForegroundWindow);
WINUSERAPI HWND WINAPI GetDesktopWindow(VOID) OVL_SYMBOL(GetDesktopWindow);
WINUSERAPI HWND WINAPI FindWindowA(LPCSTR type, LPCSTR title) OVL_SYMBOL(FindWindowA);
WINUSERAPI HWND WINAPI FindWindowW(LPCWSTR type, LPCWSTR title) OVL_SYMBOL(FindWindowW);
WINUSERAPI DWORD WINAPI GetWindowThreadProcessId(HWND window, LPDWORD process) OVL_SYMBOL(GetWindowThreadProcessId);
WINUSERAPI HMENU WINAPI GetSystemMenu(HWND window, BOOL revert) OVL_SYMBOL(GetSystemMenu);
WINUSERAPI BOOL WINAPI DeleteMenu(HMENU menu, UINT item, UINT flags) OVL_SYMBOL(DeleteMenu);
WINUSERAPI BOOL WINAPI RemoveMenu(HMENU menu, UINT item, UINT flags) OVL_SYMBOL(RemoveMenu);
WINUSERAPI BOOL WINAPI EnableMenuItem(HMENU menu, UINT item, UINT how) OVL_SYMBOL(EnableMenuItem);
WINUSERAPI int WINAPI GetWindowTextLengthA(HWND window) OVL_SYMBOL(GetWindowTextLengthA);
WINUSERAPI int WINAPI GetWindowTextLengthW(HWND window) OVL_SYMBOL(GetWindowTextLengthW);
WINUSERAPI int WINAPI GetWindowTextA(HWND window, LPSTR to, int room) OVL_SYMBOL(GetWindowTextA);
WINUSERAPI int WINAPI GetWindowTextW(HWND window, LPWSTR to, int room) OVL_SYMBOL(GetWindowTextW);
WINUSERAPI BOOL WINAPI SetWindowTextA(HWND window, LPCSTR text) OVL_SYMBOL(SetWindowTextA);
WINUSERAPI BOOL WINAPI SetWindowTextW(HWND window, LPCWSTR text) OVL_SYMBOL(SetWindowTextW);
WINUSERAPI BOOL WINAPI OpenClipboard(HWND window) OVL_SYMBOL(OpenClipboard);
WINUSERAPI BOOL WINAPI CloseClipboard(VOID) OVL_SYMBOL(CloseClipboard);
WINUSERAPI BOOL WINAPI EmptyClipboard(VOID) OVL_SYMBOL(EmptyClipboard);
WINUSERAPI HANDLE WINAPI GetClipboardData(UINT format) OVL_SYMBOL(GetClipboardData);
WINUSERAPI HANDLE WINAPI SetClipboardData(UINT format, HANDLE data) OVL_SYMBOL(SetClipboardData);
WINUSERAPI BOOL WINAPI IsClipboardFormatAvailable(UINT format) OVL_SYMBOL(IsClipboardFormatAvailable);
WINUSERAPI UINT WINAPI GetDoubleClickTime(VOID) OVL_SYMBOL(GetDoubleClickTime);
WINUSERAPI BOOL WINAPI SystemParametersInfoA(UINT action, UINT size, PVOID to, UINT update) OVL_SYMBOL(SystemParametersInfoA);
WINUSERAPI BOOL WINAPI SystemParametersInfoW(UINT action, UINT size, PVOID to, UINT update) OVL_SYMBOL(SystemParametersInfoW);
WINUSERAPI LRESULT WINAPI SendMessageA(HWND window, UINT message, WPARAM first, LPARAM second) OVL_SYMBOL(SendMessageA);
WINUSERAPI LRESULT WINAPI SendMessageW(HWND window, UINT message, WPARAM first, LPARAM second) OVL_SYMBOL(SendMessageW);
WINUSERAPI LONG WINAPI GetWindowLongA(HWND window, int which) OVL_SYMBOL(GetWindowLongA);
WINUSERAPI LONG WINAPI GetWindowLongW(HWND window, int which) OVL_SYMBOL(GetWindowLongW);
WINUSERAPI LONG WINAPI SetWindowLongA(HWND window, int which, LONG value) OVL_SYMBOL(SetWindowLongA);
WINUSERAPI LONG WINAPI SetWindowLongW(HWND window, int which, LONG value) OVL_SYMBOL(SetWindowLongW);
WINUSERAPI LONG_PTR WINAPI GetWindowLongPtrA(HWND window, int which) OVL_SYMBOL(GetWindowLongPtrA);
WINUSERAPI LONG_PTR WINAPI GetWindowLongPtrW(HWND window, int which) OVL_SYMBOL(GetWindowLongPtrW);
WINUSERAPI LONG_PTR WINAPI SetWindowLongPtrA(HWND window, int which, LONG_PTR value) OVL_SYMBOL(SetWindowLongPtrA);
WINUSERAPI LONG_PTR WINAPI SetWindowLongPtrW(HWND window, int which, LONG_PTR value) OVL_SYMBOL(SetWindowLongPtrW);

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
WINUSERAPI DWORD WINAPI WaitForInputIdle(HANDLE process, DWORD milliseconds) OVL_SYMBOL(WaitForInputIdle);
WINUSERAPI HWINSTA WINAPI GetProcessWindowStation(VOID) OVL_SYMBOL(GetProcessWindowStation);
WINUSERAPI BOOL WINAPI SetProcessWindowStation(HWINSTA station) OVL_SYMBOL(SetProcessWindowStation);
WINUSERAPI HWINSTA WINAPI OpenWindowStationA(LPCSTR name, BOOL inherit, ACCESS_MASK access) OVL_SYMBOL(OpenWindowStationA);
WINUSERAPI HWINSTA WINAPI OpenWindowStationW(LPCWSTR name, BOOL inherit, ACCESS_MASK access) OVL_SYMBOL(OpenWindowStationW);
WINUSERAPI BOOL WINAPI CloseWindowStation(HWINSTA station) OVL_SYMBOL(CloseWindowStation);
WINUSERAPI HDESK WINAPI GetThreadDesktop(DWORD thread) OVL_SYMBOL(GetThreadDesktop);
WINUSERAPI BOOL WINAPI SetThreadDesktop(HDESK desktop) OVL_SYMBOL(SetThreadDesktop);
WINUSERAPI HDESK WINAPI OpenInputDesktop(DWORD flags, BOOL inherit, ACCESS_MASK access) OVL_SYMBOL(OpenInputDesktop);
WINUSERAPI HDESK WINAPI OpenDesktopA(LPCSTR name, DWORD flags, BOOL inherit, ACCESS_MASK access) OVL_SYMBOL(OpenDesktopA);
WINUSERAPI HDESK WINAPI OpenDesktopW(LPCWSTR name, DWORD flags, BOOL inherit, ACCESS_MASK access) OVL_SYMBOL(OpenDesktopW);
WINUSERAPI BOOL WINAPI CloseDesktop(HDESK desktop) OVL_SYMBOL(CloseDesktop);
WINUSERAPI BOOL WINAPI GetUserObjectInformationA(HANDLE object, int what, PVOID to, DWORD room, LPDWORD needed)
    OVL_SYMBOL(GetUserObjectInformationA);
WINUSERAPI BOOL WINAPI GetUserObjectInformationW(HANDLE object, int what, PVOID to, DWORD room, LPDWORD needed)
    OVL_SYMBOL(GetUserObjectInformationW);
WINUSERAPI BOOL WINAPI ExitWindowsEx(UINT flags, DWORD reason) OVL_SYMBOL(ExitWindowsEx);
OVL_END
#define GetMessage OVL_AW(GetMessage)
#define PeekMessage OVL_AW(PeekMessage)
#define PostThreadMessage OVL_AW(PostThreadMessage)
#define PostMessage OVL_AW(PostMessage)
#define MessageBox OVL_AW(MessageBox)
#define FindWindow OVL_AW(FindWindow)
#define FindWindowEx OVL_AW(FindWindowEx)
#define RegisterClass OVL_AW(RegisterClass)
#define RegisterClassEx OVL_AW(RegisterClassEx)
#define UnregisterClass OVL_AW(UnregisterClass)
#define GetClassInfoEx OVL_AW(GetClassInfoEx)
#define RegisterWindowMessage OVL_AW(RegisterWindowMessage)
#define CreateWindowEx OVL_AW(CreateWindowEx)
#define DefWindowProc OVL_AW(DefWindowProc)
#define CallWindowProc OVL_AW(CallWindowProc)
#define GetClassName OVL_AW(GetClassName)
#define SendMessageTimeout OVL_AW(SendMessageTimeout)
#define SendNotifyMessage OVL_AW(SendNotifyMessage)
#define CreateWindowA(type, title, style, x, y, width, height, parent, menu, module, parameter) \
    CreateWindowExA(0, type, title, style, x, y, width, height, parent, menu, module, parameter)
#define CreateWindowW(type, title, style, x, y, width, height, parent, menu, module, parameter) \
    CreateWindowExW(0, type, title, style, x, y, width, height, parent, menu, module, parameter)
#define CreateWindow(type, title, style, x, y, width, height, parent, menu, module, parameter) \
    CreateWindowEx(0, type, title, style, x, y, width, height, parent, menu, module, parameter)
#define GetWindowTextLength OVL_AW(GetWindowTextLength)
#define GetWindowText OVL_AW(GetWindowText)
#define SetWindowText OVL_AW(SetWindowText)
#define SendMessage OVL_AW(SendMessage)
#define SystemParametersInfo OVL_AW(SystemParametersInfo)
#define GetWindowLong OVL_AW(GetWindowLong)
#define SetWindowLong OVL_AW(SetWindowLong)
#define GetWindowLongPtr OVL_AW(GetWindowLongPtr)
#define SetWindowLongPtr OVL_AW(SetWindowLongPtr)
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
#define OpenWindowStation OVL_AW(OpenWindowStation)
#define OpenDesktop OVL_AW(OpenDesktop)
#define GetUserObjectInformation OVL_AW(GetUserObjectInformation)

#endif
