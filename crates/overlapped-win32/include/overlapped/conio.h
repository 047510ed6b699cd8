/* Keys, without waiting for a line. */
#ifndef OVL_CONIO_H
#define OVL_CONIO_H
#include "ovl/crt.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

OVL_BEGIN
int _getch(void) OVL_SYMBOL(_getch);
int _getche(void) OVL_SYMBOL(_getche);
int _kbhit(void) OVL_SYMBOL(_kbhit);
int _putch(int byte) OVL_SYMBOL(_putch);
int _cputs(const char *text) OVL_SYMBOL(_cputs);
int _ungetch(int byte) OVL_SYMBOL(_ungetch);
unsigned short _getwch(void) OVL_SYMBOL(_getwch);
unsigned short _getwche(void) OVL_SYMBOL(_getwche);
unsigned short _putwch(wchar_t unit) OVL_SYMBOL(_putwch);
int _cputws(const wchar_t *text) OVL_SYMBOL(_cputws);
unsigned short _ungetwch(unsigned short unit) OVL_SYMBOL(_ungetwch);
OVL_END

/* What is written by a format goes where _cputs writes. */
#define OVL_CONSOLE_FORMAT(character, name, count, write, put) \
    static __inline__ __attribute__((__unused__)) int name(const character *format, va_list list) { \
        va_list again; \
        character *text; \
        int length; \
        va_copy(again, list); \
        length = count(format, again); \
        va_end(again); \
        text = length < 0 ? (character *)0 : (character *)malloc(((size_t)length + 1) * sizeof(character)); \
        if (!text) return -1; \
        write(text, (size_t)length + 1, format, list); \
        if (put(text)) length = -1; \
        free(text); \
        return length; \
    }
OVL_CONSOLE_FORMAT(char, _vcprintf, _vscprintf, _vsnprintf, _cputs)
OVL_CONSOLE_FORMAT(wchar_t, _vcwprintf, _vscwprintf, _vsnwprintf, _cputws)
#undef OVL_CONSOLE_FORMAT
OVL_VARIADIC(_cprintf, (const char *format, ...), format, _vcprintf(format, ovl_list))
OVL_VARIADIC(_cwprintf, (const wchar_t *format, ...), format, _vcwprintf(format, ovl_list))
OVL_VARIADIC(_cprintf_s, (const char *format, ...), format, _vcprintf(format, ovl_list))
OVL_VARIADIC(_cwprintf_s, (const wchar_t *format, ...), format, _vcwprintf(format, ovl_list))
/* Lines of the console are lines of the standard input. */
#define _cscanf scanf
#define _cscanf_s scanf_s
#define _cwscanf wscanf
#define _cwscanf_s wscanf_s
#define OVL_CONSOLE_LINE(character, name, get, length_of) \
    static __inline__ __attribute__((__unused__)) errno_t name(character *to, size_t room, size_t *count) { \
        size_t length; \
        *count = 0; \
        if (!get(to, (int)room, stdin)) { \
            to[0] = 0; \
            return 22; \
        } \
        length = length_of(to); \
        if (length && to[length - 1] == '\n') to[--length] = 0; \
        *count = length; \
        return 0; \
    }
OVL_CONSOLE_LINE(char, _cgets_s, fgets, strlen)
OVL_CONSOLE_LINE(wchar_t, _cgetws_s, fgetws, wcslen)
#undef OVL_CONSOLE_LINE
/* The first unit of the buffer says its room, the second is told the length; the text begins with the third. */
OVL_INLINE char *_cgets(char *buffer) {
    size_t count;
    errno_t failed = _cgets_s(buffer + 2, (unsigned char)buffer[0], &count);
    buffer[1] = (char)count;
    return failed ? (char *)0 : buffer + 2;
}
OVL_INLINE wchar_t *_cgetws(wchar_t *buffer) {
    size_t count;
    errno_t failed = _cgetws_s(buffer + 2, buffer[0], &count);
    buffer[1] = (wchar_t)count;
    return failed ? (wchar_t *)0 : buffer + 2;
}
#define cgets _cgets
#define cprintf _cprintf
#define cputs _cputs
#define cscanf _cscanf
#define ungetch _ungetch
#define getch _getch
#define getche _getche
#define kbhit _kbhit
#define putch _putch

#endif
