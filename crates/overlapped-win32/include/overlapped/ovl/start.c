/* main for programs that have another entry point: wmain, WinMain, wWinMain, or a `void main`, which `ovl cc` renames to
 * ovl_void_main because C++ forbids it. Each may be C or C++ with any of the usual parameters, so it is looked for under every
 * name that it can have. This main is weak: a program's own comes first. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

typedef unsigned short unit;
typedef int entry(int, void *, void *);
typedef int window_entry(void *, void *, void *, int);

#define WEAK(type, variable, symbol) extern type variable __asm__(symbol) __attribute__((__weak__));
/* C; C++ with no parameters, (int, T **), (int, T **, T **), and const T. `w` and `c` are wchar_t and char. */
#define ENTRIES(list, name, length, character) \
    WEAK(entry, list##0, name) \
    WEAK(entry, list##1, "_Z" length name "v") \
    WEAK(entry, list##2, "_Z" length name "iPP" character) \
    WEAK(entry, list##3, "_Z" length name "iPP" character "S0_") \
    WEAK(entry, list##4, "_Z" length name "iPPK" character) \
    WEAK(entry, list##5, "_Z" length name "iPPK" character "S1_") \
    WEAK(entry, list##6, "_Z" length name "i") \
    static entry *const list[] = {list##0, list##1, list##2, list##3, list##4, list##5, list##6};

ENTRIES(wide_entries, "wmain", "5", "w")
ENTRIES(void_entries, "ovl_void_main", "13", "c")
ENTRIES(void_wide_entries, "ovl_void_wmain", "14", "w")
WEAK(window_entry, window, "WinMain")
WEAK(window_entry, wide_window, "wWinMain")

static entry *first(entry *const *list) {
    for (int i = 0; i < 7; i++)
        if (list[i]) return list[i];
    return NULL;
}

/* UTF-8 to UTF-16; what is not UTF-8 becomes U+FFFD. */
static unit *widen(const char *text) {
    const unsigned char *from = (const unsigned char *)text;
    size_t bytes = 0;
    while (from[bytes]) bytes++;
    unit *to = malloc((bytes + 1) * sizeof(unit)), *at = to;
    if (!to) exit(3);
    while (*from) {
        int more = *from < 0x80 ? 0 : *from >= 0xC2 && *from < 0xE0 ? 1 : *from >= 0xE0 && *from < 0xF0 ? 2 : *from >= 0xF0 && *from < 0xF5 ? 3 : -1;
        unsigned code = more <= 0 ? *from : *from & (0x3F >> more);
        int i = 1;
        for (; more > 0 && i <= more && (from[i] & 0xC0) == 0x80; i++) code = code << 6 | (from[i] & 0x3F);
        if (more < 0 || i <= more || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF) {
            code = 0xFFFD;
            i = 1;
        }
        from += more == 0 ? 1 : i;
        if (code > 0xFFFF) {
            *at++ = (unit)(0xD800 | (code - 0x10000) >> 10);
            *at++ = (unit)(0xDC00 | (code & 0x3FF));
        } else {
            *at++ = (unit)code;
        }
    }
    *at = 0;
    return to;
}

static unit **widen_all(char **list) {
    size_t count = 0;
    while (list[count]) count++;
    unit **to = malloc((count + 1) * sizeof *to);
    if (!to) exit(3);
    for (size_t i = 0; i < count; i++) to[i] = widen(list[i]);
    to[count] = NULL;
    return to;
}

/* What follows the program's name, as one text. */
static char *command_line(char **arguments) {
    size_t bytes = 1;
    for (char **a = arguments; *a; a++) {
        for (char *c = *a; *c; c++) bytes++;
        bytes++;
    }
    char *to = malloc(bytes), *at = to;
    if (!to) exit(3);
    for (char **a = arguments; *a; a++) {
        if (a != arguments) *at++ = ' ';
        for (char *c = *a; *c; c++) *at++ = *c;
    }
    *at = 0;
    return to;
}

__attribute__((__weak__)) int main(int count, char **arguments, char **environment) {
    const int show_default = 10;
    entry *run;
    if ((run = first(void_entries))) return run(count, arguments, environment), 0;
    if ((run = first(wide_entries))) return run(count, widen_all(arguments), widen_all(environment));
    if ((run = first(void_wide_entries))) return run(count, widen_all(arguments), widen_all(environment)), 0;
    char *rest = command_line(arguments + (count > 0));
    if (window) return window(NULL, NULL, rest, show_default);
    if (wide_window) return wide_window(NULL, NULL, widen(rest), show_default);
    fputs("This program has no main, wmain, WinMain or wWinMain that `ovl cc` knows; see ovl/start.c.\n", stderr);
    return 127;
}
