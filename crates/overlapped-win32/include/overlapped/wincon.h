/* The console. */
#ifndef OVL_WINCON_H
#define OVL_WINCON_H
#include "minwinbase.h"
#include "windef.h"

#define ENABLE_PROCESSED_INPUT 0x1
#define ENABLE_LINE_INPUT 0x2
#define ENABLE_ECHO_INPUT 0x4
#define ENABLE_WINDOW_INPUT 0x8
#define ENABLE_MOUSE_INPUT 0x10
#define ENABLE_INSERT_MODE 0x20
#define ENABLE_QUICK_EDIT_MODE 0x40
#define ENABLE_EXTENDED_FLAGS 0x80
#define ENABLE_AUTO_POSITION 0x100
#define ENABLE_VIRTUAL_TERMINAL_INPUT 0x200
#define ENABLE_PROCESSED_OUTPUT 0x1
#define ENABLE_WRAP_AT_EOL_OUTPUT 0x2
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 0x4
#define ENABLE_LVB_GRID_WORLDWIDE 0x10
#define DISABLE_NEWLINE_AUTO_RETURN 0x8
#define CONSOLE_TEXTMODE_BUFFER 1
#define KEY_EVENT 0x1
#define MOUSE_EVENT 0x2
#define WINDOW_BUFFER_SIZE_EVENT 0x4
#define MENU_EVENT 0x8
#define FOCUS_EVENT 0x10
#define CTRL_C_EVENT 0
#define CTRL_BREAK_EVENT 1
#define CTRL_CLOSE_EVENT 2
#define CTRL_LOGOFF_EVENT 5
#define CTRL_SHUTDOWN_EVENT 6
#define RIGHT_ALT_PRESSED 0x1
#define RIGHT_CTRL_PRESSED 0x4
#define LEFT_ALT_PRESSED 0x2
#define LEFT_CTRL_PRESSED 0x8
#define SHIFT_PRESSED 0x10
#define NUMLOCK_ON 0x20
#define SCROLLLOCK_ON 0x40
#define CAPSLOCK_ON 0x80
#define ENHANCED_KEY 0x100
#define FROM_LEFT_1ST_BUTTON_PRESSED 0x1
#define FROM_LEFT_2ND_BUTTON_PRESSED 0x4
#define FROM_LEFT_3RD_BUTTON_PRESSED 0x8
#define FROM_LEFT_4TH_BUTTON_PRESSED 0x10
#define RIGHTMOST_BUTTON_PRESSED 0x2
#define MOUSE_MOVED 0x1
#define DOUBLE_CLICK 0x2
#define MOUSE_WHEELED 0x4
#define MOUSE_HWHEELED 0x8
#define FOREGROUND_BLUE 0x1
#define FOREGROUND_GREEN 0x2
#define FOREGROUND_RED 0x4
#define FOREGROUND_INTENSITY 0x8
#define BACKGROUND_BLUE 0x10
#define BACKGROUND_GREEN 0x20
#define BACKGROUND_RED 0x40
#define BACKGROUND_INTENSITY 0x80
#define COMMON_LVB_LEADING_BYTE 0x100
#define COMMON_LVB_TRAILING_BYTE 0x200
#define COMMON_LVB_GRID_HORIZONTAL 0x400
#define COMMON_LVB_GRID_LVERTICAL 0x800
#define COMMON_LVB_GRID_RVERTICAL 0x1000
#define COMMON_LVB_REVERSE_VIDEO 0x4000
#define COMMON_LVB_UNDERSCORE 0x8000
#define CONSOLE_FULLSCREEN 1
#define CONSOLE_FULLSCREEN_HARDWARE 2
#define ATTACH_PARENT_PROCESS ((DWORD)-1)

typedef struct _COORD {
    SHORT X;
    SHORT Y;
} COORD, *PCOORD;
OVL_SIZE(COORD, 4);

typedef struct _SMALL_RECT {
    SHORT Left;
    SHORT Top;
    SHORT Right;
    SHORT Bottom;
} SMALL_RECT, *PSMALL_RECT;
OVL_SIZE(SMALL_RECT, 8);

typedef struct _CHAR_INFO {
    union {
        WCHAR UnicodeChar;
        CHAR AsciiChar;
    } Char;
    WORD Attributes;
} CHAR_INFO, *PCHAR_INFO;
OVL_SIZE(CHAR_INFO, 4);

typedef struct _CONSOLE_SCREEN_BUFFER_INFO {
    COORD dwSize;
    COORD dwCursorPosition;
    WORD wAttributes;
    SMALL_RECT srWindow;
    COORD dwMaximumWindowSize;
} CONSOLE_SCREEN_BUFFER_INFO, *PCONSOLE_SCREEN_BUFFER_INFO;
OVL_SIZE(CONSOLE_SCREEN_BUFFER_INFO, 22);

typedef struct _CONSOLE_SCREEN_BUFFER_INFOEX {
    ULONG cbSize;
    COORD dwSize;
    COORD dwCursorPosition;
    WORD wAttributes;
    SMALL_RECT srWindow;
    COORD dwMaximumWindowSize;
    WORD wPopupAttributes;
    BOOL bFullscreenSupported;
    COLORREF ColorTable[16];
} CONSOLE_SCREEN_BUFFER_INFOEX, *PCONSOLE_SCREEN_BUFFER_INFOEX;
OVL_SIZE(CONSOLE_SCREEN_BUFFER_INFOEX, 96);

#ifndef LF_FACESIZE
#define LF_FACESIZE 32
#endif

typedef struct _CONSOLE_FONT_INFO {
    DWORD nFont;
    COORD dwFontSize;
} CONSOLE_FONT_INFO, *PCONSOLE_FONT_INFO;
OVL_SIZE(CONSOLE_FONT_INFO, 8);

typedef struct _CONSOLE_FONT_INFOEX {
    ULONG cbSize;
    DWORD nFont;
    COORD dwFontSize;
    UINT FontFamily;
    UINT FontWeight;
    WCHAR FaceName[LF_FACESIZE];
} CONSOLE_FONT_INFOEX, *PCONSOLE_FONT_INFOEX;
OVL_SIZE(CONSOLE_FONT_INFOEX, 84);

typedef struct _CONSOLE_CURSOR_INFO {
    DWORD dwSize;
    BOOL bVisible;
} CONSOLE_CURSOR_INFO, *PCONSOLE_CURSOR_INFO;
OVL_SIZE(CONSOLE_CURSOR_INFO, 8);

typedef struct _CONSOLE_READCONSOLE_CONTROL {
    ULONG nLength;
    ULONG nInitialChars;
    ULONG dwCtrlWakeupMask;
    ULONG dwControlKeyState;
} CONSOLE_READCONSOLE_CONTROL, *PCONSOLE_READCONSOLE_CONTROL;
OVL_SIZE(CONSOLE_READCONSOLE_CONTROL, 16);

typedef struct _KEY_EVENT_RECORD {
    BOOL bKeyDown;
    WORD wRepeatCount;
    WORD wVirtualKeyCode;
    WORD wVirtualScanCode;
    union {
        WCHAR UnicodeChar;
        CHAR AsciiChar;
    } uChar;
    DWORD dwControlKeyState;
} KEY_EVENT_RECORD, *PKEY_EVENT_RECORD;
OVL_SIZE(KEY_EVENT_RECORD, 16);

typedef struct _MOUSE_EVENT_RECORD {
    COORD dwMousePosition;
    DWORD dwButtonState;
    DWORD dwControlKeyState;
    DWORD dwEventFlags;
} MOUSE_EVENT_RECORD, *PMOUSE_EVENT_RECORD;
OVL_SIZE(MOUSE_EVENT_RECORD, 16);

typedef struct _WINDOW_BUFFER_SIZE_RECORD {
    COORD dwSize;
} WINDOW_BUFFER_SIZE_RECORD, *PWINDOW_BUFFER_SIZE_RECORD;
typedef struct _MENU_EVENT_RECORD {
    UINT dwCommandId;
} MENU_EVENT_RECORD, *PMENU_EVENT_RECORD;
typedef struct _FOCUS_EVENT_RECORD {
    BOOL bSetFocus;
} FOCUS_EVENT_RECORD, *PFOCUS_EVENT_RECORD;

typedef struct _INPUT_RECORD {
    WORD EventType;
    union {
        KEY_EVENT_RECORD KeyEvent;
        MOUSE_EVENT_RECORD MouseEvent;
        WINDOW_BUFFER_SIZE_RECORD WindowBufferSizeEvent;
        MENU_EVENT_RECORD MenuEvent;
        FOCUS_EVENT_RECORD FocusEvent;
    } Event;
} INPUT_RECORD, *PINPUT_RECORD;
OVL_SIZE(INPUT_RECORD, 20);

#define CONSOLE_NO_SELECTION 0x0
#define CONSOLE_SELECTION_IN_PROGRESS 0x1
#define CONSOLE_SELECTION_NOT_EMPTY 0x2
#define CONSOLE_MOUSE_SELECTION 0x4
#define CONSOLE_MOUSE_DOWN 0x8
typedef struct _CONSOLE_SELECTION_INFO {
    DWORD dwFlags;
    COORD dwSelectionAnchor;
    SMALL_RECT srSelection;
} CONSOLE_SELECTION_INFO, *PCONSOLE_SELECTION_INFO;
OVL_SIZE(CONSOLE_SELECTION_INFO, 16);

typedef BOOL(WINAPI *PHANDLER_ROUTINE)(DWORD event);

OVL_BEGIN
WINBASEAPI BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE handler, BOOL add) OVL_SYMBOL(SetConsoleCtrlHandler);
WINBASEAPI BOOL WINAPI GenerateConsoleCtrlEvent(DWORD event, DWORD group) OVL_SYMBOL(GenerateConsoleCtrlEvent);

WINBASEAPI BOOL WINAPI AllocConsole(VOID) OVL_SYMBOL(AllocConsole);
WINBASEAPI BOOL WINAPI FreeConsole(VOID) OVL_SYMBOL(FreeConsole);
WINBASEAPI BOOL WINAPI AttachConsole(DWORD process) OVL_SYMBOL(AttachConsole);
WINBASEAPI BOOL WINAPI GetConsoleMode(HANDLE console, LPDWORD mode) OVL_SYMBOL(GetConsoleMode);
WINBASEAPI BOOL WINAPI SetConsoleMode(HANDLE console, DWORD mode) OVL_SYMBOL(SetConsoleMode);
WINBASEAPI UINT WINAPI GetConsoleCP(VOID) OVL_SYMBOL(GetConsoleCP);
WINBASEAPI UINT WINAPI GetConsoleOutputCP(VOID) OVL_SYMBOL(GetConsoleOutputCP);
WINBASEAPI BOOL WINAPI SetConsoleCP(UINT page) OVL_SYMBOL(SetConsoleCP);
WINBASEAPI BOOL WINAPI SetConsoleOutputCP(UINT page) OVL_SYMBOL(SetConsoleOutputCP);
WINBASEAPI BOOL WINAPI ReadConsoleA(HANDLE input, LPVOID to, DWORD room, LPDWORD done, PCONSOLE_READCONSOLE_CONTROL control)
    OVL_SYMBOL(ReadConsoleA);
WINBASEAPI BOOL WINAPI ReadConsoleW(HANDLE input, LPVOID to, DWORD room, LPDWORD done, PCONSOLE_READCONSOLE_CONTROL control)
    OVL_SYMBOL(ReadConsoleW);
WINBASEAPI BOOL WINAPI WriteConsoleA(HANDLE output, const VOID *from, DWORD count, LPDWORD done, LPVOID reserved)
    OVL_SYMBOL(WriteConsoleA);
WINBASEAPI BOOL WINAPI WriteConsoleW(HANDLE output, const VOID *from, DWORD count, LPDWORD done, LPVOID reserved)
    OVL_SYMBOL(WriteConsoleW);
WINBASEAPI BOOL WINAPI FlushConsoleInputBuffer(HANDLE input) OVL_SYMBOL(FlushConsoleInputBuffer);
WINBASEAPI BOOL WINAPI GetConsoleScreenBufferInfo(HANDLE output, PCONSOLE_SCREEN_BUFFER_INFO to)
    OVL_SYMBOL(GetConsoleScreenBufferInfo);
WINBASEAPI BOOL WINAPI GetConsoleCursorInfo(HANDLE output, PCONSOLE_CURSOR_INFO to) OVL_SYMBOL(GetConsoleCursorInfo);
WINBASEAPI BOOL WINAPI SetConsoleCursorInfo(HANDLE output, const CONSOLE_CURSOR_INFO *from) OVL_SYMBOL(SetConsoleCursorInfo);
WINBASEAPI BOOL WINAPI SetConsoleCursorPosition(HANDLE output, COORD position) OVL_SYMBOL(SetConsoleCursorPosition);
WINBASEAPI BOOL WINAPI SetConsoleTextAttribute(HANDLE output, WORD attributes) OVL_SYMBOL(SetConsoleTextAttribute);
WINBASEAPI BOOL WINAPI SetConsoleTitleA(LPCSTR text) OVL_SYMBOL(SetConsoleTitleA);
WINBASEAPI BOOL WINAPI SetConsoleTitleW(LPCWSTR text) OVL_SYMBOL(SetConsoleTitleW);
WINBASEAPI DWORD WINAPI GetConsoleTitleA(LPSTR to, DWORD room) OVL_SYMBOL(GetConsoleTitleA);
WINBASEAPI DWORD WINAPI GetConsoleTitleW(LPWSTR to, DWORD room) OVL_SYMBOL(GetConsoleTitleW);
WINBASEAPI HWND WINAPI GetConsoleWindow(VOID) OVL_SYMBOL(GetConsoleWindow);
#define PSEUDOCONSOLE_INHERIT_CURSOR 0x1
typedef VOID *HPCON;
WINBASEAPI HRESULT WINAPI CreatePseudoConsole(COORD size, HANDLE input, HANDLE output, DWORD flags, HPCON *to)
    OVL_SYMBOL(CreatePseudoConsole);
WINBASEAPI HRESULT WINAPI ResizePseudoConsole(HPCON console, COORD size) OVL_SYMBOL(ResizePseudoConsole);
WINBASEAPI HRESULT WINAPI ReleasePseudoConsole(HPCON console) OVL_SYMBOL(ReleasePseudoConsole);
WINBASEAPI VOID WINAPI ClosePseudoConsole(HPCON console) OVL_SYMBOL(ClosePseudoConsole);
WINBASEAPI HANDLE WINAPI CreateConsoleScreenBuffer(DWORD access, DWORD share, const SECURITY_ATTRIBUTES *security,
    DWORD flags, LPVOID reserved) OVL_SYMBOL(CreateConsoleScreenBuffer);
WINBASEAPI BOOL WINAPI SetConsoleActiveScreenBuffer(HANDLE output) OVL_SYMBOL(SetConsoleActiveScreenBuffer);
WINBASEAPI BOOL WINAPI GetNumberOfConsoleInputEvents(HANDLE input, LPDWORD count) OVL_SYMBOL(GetNumberOfConsoleInputEvents);
WINBASEAPI BOOL WINAPI GetNumberOfConsoleMouseButtons(LPDWORD count) OVL_SYMBOL(GetNumberOfConsoleMouseButtons);
WINBASEAPI BOOL WINAPI SetConsoleScreenBufferSize(HANDLE output, COORD size) OVL_SYMBOL(SetConsoleScreenBufferSize);
WINBASEAPI BOOL WINAPI SetConsoleWindowInfo(HANDLE output, BOOL absolute, const SMALL_RECT *window)
    OVL_SYMBOL(SetConsoleWindowInfo);
WINBASEAPI COORD WINAPI GetLargestConsoleWindowSize(HANDLE output) OVL_SYMBOL(GetLargestConsoleWindowSize);
WINBASEAPI BOOL WINAPI GetConsoleScreenBufferInfoEx(HANDLE output, PCONSOLE_SCREEN_BUFFER_INFOEX to)
    OVL_SYMBOL(GetConsoleScreenBufferInfoEx);
WINBASEAPI BOOL WINAPI SetConsoleScreenBufferInfoEx(HANDLE output, PCONSOLE_SCREEN_BUFFER_INFOEX from)
    OVL_SYMBOL(SetConsoleScreenBufferInfoEx);
WINBASEAPI BOOL WINAPI FillConsoleOutputAttribute(HANDLE output, WORD attribute, DWORD count, COORD at, LPDWORD done)
    OVL_SYMBOL(FillConsoleOutputAttribute);
WINBASEAPI BOOL WINAPI WriteConsoleOutputAttribute(HANDLE output, const WORD *from, DWORD count, COORD at, LPDWORD done)
    OVL_SYMBOL(WriteConsoleOutputAttribute);
WINBASEAPI BOOL WINAPI ReadConsoleOutputAttribute(HANDLE output, LPWORD to, DWORD room, COORD at, LPDWORD done)
    OVL_SYMBOL(ReadConsoleOutputAttribute);
WINBASEAPI BOOL WINAPI GetCurrentConsoleFont(HANDLE output, BOOL largest, PCONSOLE_FONT_INFO to)
    OVL_SYMBOL(GetCurrentConsoleFont);
WINBASEAPI BOOL WINAPI GetCurrentConsoleFontEx(HANDLE output, BOOL largest, PCONSOLE_FONT_INFOEX to)
    OVL_SYMBOL(GetCurrentConsoleFontEx);
WINBASEAPI BOOL WINAPI SetCurrentConsoleFontEx(HANDLE output, BOOL largest, PCONSOLE_FONT_INFOEX font)
    OVL_SYMBOL(SetCurrentConsoleFontEx);
WINBASEAPI BOOL WINAPI GetConsoleSelectionInfo(PCONSOLE_SELECTION_INFO to) OVL_SYMBOL(GetConsoleSelectionInfo);
WINBASEAPI DWORD WINAPI GetConsoleOriginalTitleA(LPSTR to, DWORD room) OVL_SYMBOL(GetConsoleOriginalTitleA);
WINBASEAPI DWORD WINAPI GetConsoleOriginalTitleW(LPWSTR to, DWORD room) OVL_SYMBOL(GetConsoleOriginalTitleW);
WINBASEAPI COORD WINAPI GetConsoleFontSize(HANDLE output, DWORD font) OVL_SYMBOL(GetConsoleFontSize);
WINBASEAPI BOOL WINAPI GetConsoleDisplayMode(LPDWORD mode) OVL_SYMBOL(GetConsoleDisplayMode);
WINBASEAPI DWORD WINAPI GetConsoleProcessList(LPDWORD to, DWORD room) OVL_SYMBOL(GetConsoleProcessList);
WINBASEAPI BOOL WINAPI ReadConsoleInputA(HANDLE input, PINPUT_RECORD to, DWORD room, LPDWORD done)
    OVL_SYMBOL(ReadConsoleInputA);
WINBASEAPI BOOL WINAPI ReadConsoleInputW(HANDLE input, PINPUT_RECORD to, DWORD room, LPDWORD done)
    OVL_SYMBOL(ReadConsoleInputW);
WINBASEAPI BOOL WINAPI PeekConsoleInputA(HANDLE input, PINPUT_RECORD to, DWORD room, LPDWORD done)
    OVL_SYMBOL(PeekConsoleInputA);
WINBASEAPI BOOL WINAPI PeekConsoleInputW(HANDLE input, PINPUT_RECORD to, DWORD room, LPDWORD done)
    OVL_SYMBOL(PeekConsoleInputW);
WINBASEAPI BOOL WINAPI WriteConsoleInputA(HANDLE input, const INPUT_RECORD *from, DWORD count, LPDWORD done)
    OVL_SYMBOL(WriteConsoleInputA);
WINBASEAPI BOOL WINAPI WriteConsoleInputW(HANDLE input, const INPUT_RECORD *from, DWORD count, LPDWORD done)
    OVL_SYMBOL(WriteConsoleInputW);
WINBASEAPI BOOL WINAPI FillConsoleOutputCharacterA(HANDLE output, CHAR character, DWORD count, COORD at, LPDWORD done)
    OVL_SYMBOL(FillConsoleOutputCharacterA);
WINBASEAPI BOOL WINAPI FillConsoleOutputCharacterW(HANDLE output, WCHAR character, DWORD count, COORD at, LPDWORD done)
    OVL_SYMBOL(FillConsoleOutputCharacterW);
WINBASEAPI BOOL WINAPI WriteConsoleOutputCharacterA(HANDLE output, LPCSTR from, DWORD count, COORD at, LPDWORD done)
    OVL_SYMBOL(WriteConsoleOutputCharacterA);
WINBASEAPI BOOL WINAPI WriteConsoleOutputCharacterW(HANDLE output, LPCWSTR from, DWORD count, COORD at, LPDWORD done)
    OVL_SYMBOL(WriteConsoleOutputCharacterW);
WINBASEAPI BOOL WINAPI ReadConsoleOutputCharacterA(HANDLE output, LPSTR to, DWORD room, COORD at, LPDWORD done)
    OVL_SYMBOL(ReadConsoleOutputCharacterA);
WINBASEAPI BOOL WINAPI ReadConsoleOutputCharacterW(HANDLE output, LPWSTR to, DWORD room, COORD at, LPDWORD done)
    OVL_SYMBOL(ReadConsoleOutputCharacterW);
WINBASEAPI BOOL WINAPI WriteConsoleOutputA(HANDLE output, const CHAR_INFO *from, COORD size, COORD at, PSMALL_RECT to)
    OVL_SYMBOL(WriteConsoleOutputA);
WINBASEAPI BOOL WINAPI WriteConsoleOutputW(HANDLE output, const CHAR_INFO *from, COORD size, COORD at, PSMALL_RECT to)
    OVL_SYMBOL(WriteConsoleOutputW);
WINBASEAPI BOOL WINAPI ReadConsoleOutputA(HANDLE output, PCHAR_INFO to, COORD size, COORD at, PSMALL_RECT from)
    OVL_SYMBOL(ReadConsoleOutputA);
WINBASEAPI BOOL WINAPI ReadConsoleOutputW(HANDLE output, PCHAR_INFO to, COORD size, COORD at, PSMALL_RECT from)
    OVL_SYMBOL(ReadConsoleOutputW);
WINBASEAPI BOOL WINAPI ScrollConsoleScreenBufferA(HANDLE output, const SMALL_RECT *from, const SMALL_RECT *clip, COORD to,
    const CHAR_INFO *fill) OVL_SYMBOL(ScrollConsoleScreenBufferA);
WINBASEAPI BOOL WINAPI ScrollConsoleScreenBufferW(HANDLE output, const SMALL_RECT *from, const SMALL_RECT *clip, COORD to,
    const CHAR_INFO *fill) OVL_SYMBOL(ScrollConsoleScreenBufferW);
WINBASEAPI BOOL WINAPI AddConsoleAliasA(LPSTR source, LPSTR target, LPSTR program) OVL_SYMBOL(AddConsoleAliasA);
WINBASEAPI BOOL WINAPI AddConsoleAliasW(LPWSTR source, LPWSTR target, LPWSTR program) OVL_SYMBOL(AddConsoleAliasW);
WINBASEAPI DWORD WINAPI GetConsoleAliasA(LPSTR source, LPSTR to, DWORD bytes, LPSTR program) OVL_SYMBOL(GetConsoleAliasA);
WINBASEAPI DWORD WINAPI GetConsoleAliasW(LPWSTR source, LPWSTR to, DWORD bytes, LPWSTR program) OVL_SYMBOL(GetConsoleAliasW);
WINBASEAPI DWORD WINAPI GetConsoleAliasesLengthA(LPSTR program) OVL_SYMBOL(GetConsoleAliasesLengthA);
WINBASEAPI DWORD WINAPI GetConsoleAliasesLengthW(LPWSTR program) OVL_SYMBOL(GetConsoleAliasesLengthW);
WINBASEAPI DWORD WINAPI GetConsoleAliasesA(LPSTR to, DWORD bytes, LPSTR program) OVL_SYMBOL(GetConsoleAliasesA);
WINBASEAPI DWORD WINAPI GetConsoleAliasesW(LPWSTR to, DWORD bytes, LPWSTR program) OVL_SYMBOL(GetConsoleAliasesW);
WINBASEAPI DWORD WINAPI GetConsoleAliasExesLengthA(VOID) OVL_SYMBOL(GetConsoleAliasExesLengthA);
WINBASEAPI DWORD WINAPI GetConsoleAliasExesLengthW(VOID) OVL_SYMBOL(GetConsoleAliasExesLengthW);
WINBASEAPI DWORD WINAPI GetConsoleAliasExesA(LPSTR to, DWORD bytes) OVL_SYMBOL(GetConsoleAliasExesA);
WINBASEAPI DWORD WINAPI GetConsoleAliasExesW(LPWSTR to, DWORD bytes) OVL_SYMBOL(GetConsoleAliasExesW);
#define AddConsoleAlias OVL_AW(AddConsoleAlias)
#define GetConsoleAlias OVL_AW(GetConsoleAlias)
#define GetConsoleAliasesLength OVL_AW(GetConsoleAliasesLength)
#define GetConsoleAliases OVL_AW(GetConsoleAliases)
#define GetConsoleAliasExesLength OVL_AW(GetConsoleAliasExesLength)
#define GetConsoleAliasExes OVL_AW(GetConsoleAliasExes)
#define HISTORY_NO_DUP_FLAG 0x1
typedef struct _CONSOLE_HISTORY_INFO {
    UINT cbSize;
    UINT HistoryBufferSize;
    UINT NumberOfHistoryBuffers;
    DWORD dwFlags;
} CONSOLE_HISTORY_INFO, *PCONSOLE_HISTORY_INFO;
OVL_SIZE(CONSOLE_HISTORY_INFO, 16);
WINBASEAPI BOOL WINAPI GetConsoleHistoryInfo(PCONSOLE_HISTORY_INFO to) OVL_SYMBOL(GetConsoleHistoryInfo);
WINBASEAPI BOOL WINAPI SetConsoleHistoryInfo(PCONSOLE_HISTORY_INFO from) OVL_SYMBOL(SetConsoleHistoryInfo);
#define CONSOLE_FULLSCREEN_MODE 1
#define CONSOLE_WINDOWED_MODE 2
WINBASEAPI BOOL WINAPI SetConsoleDisplayMode(HANDLE output, DWORD mode, PCOORD size) OVL_SYMBOL(SetConsoleDisplayMode);
OVL_END

#define ReadConsole OVL_AW(ReadConsole)
#define WriteConsole OVL_AW(WriteConsole)
#define ReadConsoleInput OVL_AW(ReadConsoleInput)
#define PeekConsoleInput OVL_AW(PeekConsoleInput)
#define WriteConsoleInput OVL_AW(WriteConsoleInput)
#define FillConsoleOutputCharacter OVL_AW(FillConsoleOutputCharacter)
#define WriteConsoleOutput OVL_AW(WriteConsoleOutput)
#define ReadConsoleOutput OVL_AW(ReadConsoleOutput)
#define WriteConsoleOutputCharacter OVL_AW(WriteConsoleOutputCharacter)
#define ReadConsoleOutputCharacter OVL_AW(ReadConsoleOutputCharacter)
#define ScrollConsoleScreenBuffer OVL_AW(ScrollConsoleScreenBuffer)
#define SetConsoleTitle OVL_AW(SetConsoleTitle)
#define GetConsoleTitle OVL_AW(GetConsoleTitle)
#define GetConsoleOriginalTitle OVL_AW(GetConsoleOriginalTitle)

#endif
