/* Screen buffers of a console, whatever its terminal is, or without any: cells are filled, written, read and moved. */
#include "say.h"
#include <string.h>

static HANDLE made(void)
{
    return CreateConsoleScreenBuffer(GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                     CONSOLE_TEXTMODE_BUFFER, NULL);
}

static void say_cells(const char *what, HANDLE screen, SHORT x, SHORT y, DWORD count)
{
    char text[32];
    WORD attributes[32];
    DWORD done, n;
    COORD at;
    at.X = x;
    at.Y = y;
    if (!ReadConsoleOutputCharacterA(screen, text, count, at, &done)) {
        say(what, FALSE);
        return;
    }
    printf("%s: \"%.*s\"", what, (int)done, text);
    ReadConsoleOutputAttribute(screen, attributes, count, at, &done);
    for (n = 0; n < done; n++)
        printf(" %x", (unsigned)attributes[n]);
    printf("\n");
}

static void say_place(const char *what, HANDLE screen)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    if (!GetConsoleScreenBufferInfo(screen, &info)) {
        say(what, FALSE);
        return;
    }
    printf("%s: cursor %d %d, attributes %x\n", what, info.dwCursorPosition.X, info.dwCursorPosition.Y, (unsigned)info.wAttributes);
}

static COORD place(SHORT x, SHORT y)
{
    COORD at;
    at.X = x;
    at.Y = y;
    return at;
}

int main(void)
{
    HANDLE screen, other, input;
    DWORD done, mode;
    SMALL_RECT area, all = {0, 0, 0, 0};
    CHAR_INFO cells[6], fill;
    CONSOLE_CURSOR_INFO cursor;
    CONSOLE_SCREEN_BUFFER_INFO info;
    int n;

    screen = made();
    say_handle("a buffer", screen);
    say_handle("other flags", CreateConsoleScreenBuffer(GENERIC_READ, 0, NULL, 0, NULL));
    say_handle("with data", CreateConsoleScreenBuffer(GENERIC_READ, 0, NULL, CONSOLE_TEXTMODE_BUFFER, &done));
    printf("type %lu\n", GetFileType(screen));
    GetConsoleScreenBufferInfo(screen, &info);
    say("smaller than the window", SetConsoleScreenBufferSize(screen, place((SHORT)(info.srWindow.Right), 5)));
    say("80 by 60", SetConsoleScreenBufferSize(screen, place((SHORT)(info.dwSize.X > 80 ? info.dwSize.X : 80), 60)));
    say("text attribute", SetConsoleTextAttribute(screen, FOREGROUND_RED | FOREGROUND_INTENSITY));
    say("write", WriteConsoleA(screen, "red\r\n", 5, &done, NULL));
    printf("%lu written\n", done);
    SetConsoleTextAttribute(screen, 7);
    WriteConsoleW(screen, L"wide", 4, &done, NULL);
    say_place("after text", screen);
    say_cells("red", screen, 0, 0, 4);
    say("WriteFile", WriteFile(screen, "!\n", 2, &done, NULL));
    say_place("after a line feed", screen);
    say_cells("wide", screen, 0, 1, 6);

    say("fill", FillConsoleOutputCharacterA(screen, 'x', 3, place(1, 4), &done));
    printf("%lu filled\n", done);
    say("fill attributes", FillConsoleOutputAttribute(screen, 0x1E, 2, place(2, 4), &done));
    say_cells("filled", screen, 0, 4, 5);
    say("write characters", WriteConsoleOutputCharacterA(screen, "abc", 3, place(2, 4), &done));
    say_cells("written", screen, 0, 4, 6);
    say_place("the cursor stays", screen);

    for (n = 0; n < 6; n++) {
        cells[n].Char.UnicodeChar = (WCHAR)('A' + n);
        cells[n].Attributes = (WORD)(n + 1);
    }
    area.Left = 3;
    area.Top = 6;
    area.Right = 5;
    area.Bottom = 7;
    say("a rectangle", WriteConsoleOutputW(screen, cells, place(3, 2), place(0, 0), &area));
    say_cells("its first row", screen, 2, 6, 5);
    say_cells("its second row", screen, 2, 7, 5);
    memset(cells, 0, sizeof cells);
    area.Left = 4;
    area.Top = 6;
    area.Right = 5;
    area.Bottom = 7;
    say("read back", ReadConsoleOutputW(screen, cells, place(2, 2), place(0, 0), &area));
    for (n = 0; n < 4; n++)
        printf("%c %x\n", cells[n].Char.UnicodeChar, (unsigned)cells[n].Attributes);
    fill.Char.UnicodeChar = '.';
    fill.Attributes = 8;
    area.Left = 3;
    area.Top = 6;
    area.Right = 5;
    area.Bottom = 6;
    say("scroll", ScrollConsoleScreenBufferW(screen, &area, NULL, place(4, 7), &fill));
    say_cells("left behind", screen, 2, 6, 5);
    say_cells("moved", screen, 2, 7, 6);

    say("cursor outside", SetConsoleCursorPosition(screen, place(5, 60)));
    say("cursor inside", SetConsoleCursorPosition(screen, place(5, 59)));
    say_place("there", screen);
    WriteConsoleA(screen, "\n", 1, &done, NULL);
    say_place("at the bottom everything scrolls", screen);
    say_cells("the first row went", screen, 0, 0, 5);
    cursor.dwSize = 0;
    cursor.bVisible = TRUE;
    say("size 0", SetConsoleCursorInfo(screen, &cursor));
    cursor.dwSize = 100;
    cursor.bVisible = FALSE;
    say("size 100", SetConsoleCursorInfo(screen, &cursor));
    GetConsoleCursorInfo(screen, &cursor);
    printf("size %lu, visible %d\n", cursor.dwSize, cursor.bVisible);

    all.Right = -1;
    say("a window that is none", SetConsoleWindowInfo(screen, TRUE, &all));
    say("mode", GetConsoleMode(screen, &mode));
    printf("mode %lx\n", mode);
    SetConsoleMode(screen, ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    SetConsoleCursorPosition(screen, place(0, 10));
    WriteConsoleA(screen, "\x1b[1;34mblue\x1b[0m", 15, &done, NULL);
    say_cells("sequences", screen, 0, 10, 5);

    other = made();
    say_place("another buffer", other);
    say_cells("is empty", other, 0, 0, 3);
    input = CreateFileA("CONIN$", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    say_handle("CONIN$", input);
    say("the input is no buffer", GetConsoleScreenBufferInfo(input, &info));
    say("nor to be shown", SetConsoleActiveScreenBuffer(input));
    say("shown", SetConsoleActiveScreenBuffer(screen));
    say("the other", SetConsoleActiveScreenBuffer(other));
    say("close", CloseHandle(other));
    say("close", CloseHandle(screen));
    say("close", CloseHandle(input));
    return 0;
}
