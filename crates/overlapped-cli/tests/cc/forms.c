/* Forms of the C library's functions: with locales, with numbers of arguments, without locks; and what is the thread's or the program's own. */
#include <windows.h>
#include <ctype.h>
#include <direct.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <locale.h>
#include <malloc.h>
#include <mbctype.h>
#include <mbstring.h>
#include <search.h>
#include <share.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utime.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

/* One after the other, where printf's arguments have no order. */
static void say(int number) { printf(" %d", number); }

static void locales(void) {
    _locale_t c = _create_locale(LC_ALL, "C"), now = _get_current_locale(), wide = _wcreate_locale(LC_NUMERIC, L"C");
    char text[40];
    wchar_t units[40];
    double value = 0;
    int number = 0;
    _sprintf_l(text, "%.2f %d", c, 1.5, 7);
    _snwprintf_s_l(units, 40, _TRUNCATE, L"%.1f %ls", wide, 2.5, L"x");
    printf("%s|%ls|%g %g %d", text, units, _strtod_l("1.5z", NULL, c), _wcstod_l(L"2.5", NULL, c), _wtoi_l(L"12", now));
    say(_sscanf_l("3.5,4", "%lf,%d", c, &value, &number));
    say(_stricmp_l("aB", "Ab", c));
    printf(" %g %d %d%d%d", value, number, _isalpha_l('x', c) != 0, _iswdigit_l(L'7', c) != 0, _toupper_l('q', c) == 'Q');
    printf(" %d\n", setlocale(LC_CTYPE, ".UTF8") != NULL && setlocale(LC_ALL, "no such") == NULL && setlocale(LC_ALL, "C") != NULL);
    _free_locale(c);
    _free_locale(now);
    _free_locale(wide);
}

static void positions(void) {
    char text[40];
    wchar_t units[40];
    int first = 0, second = 0;
    _sprintf_p(text, 40, "%2$s-%1$04d-%2$s", 7, "ab");
    _swprintf_p(units, 40, L"%2$ls%1$c", 'z', L"xy");
    _printf_p("%3$d %2$d %1$d|%4$*5$d|", 1, 2, 3, 4, 5);
    printf("%s|%ls|", text, units);
    say(_scprintf_p("%1$s%1$s", "abc"));
    say(_sprintf_p(text, 3, "%1$s", "abc"));
    say(_snscanf("12345", 3, "%d", &first));
    say(_snwscanf(L"6789", 2, L"%d", &second));
    printf(" %d %d\n", first, second);
}

static int __cdecl same(const void *a, const void *b) { return *(const int *)a != *(const int *)b; }
static int __cdecl same_with(void *context, const void *a, const void *b) { return ++*(int *)context, same(a, b); }

static void searches(void) {
    int numbers[5] = {4, 5, 6}, key = 6, calls = 0;
    unsigned int count = 3;
    printf("%d", (int)((int *)_lfind(&key, numbers, &count, sizeof key, same) - numbers));
    key = 9;
    printf(" %d", (int)((int *)_lsearch(&key, numbers, &count, sizeof key, same) - numbers));
    printf(" %u %d", count, _lfind_s(&key, numbers, &count, sizeof key, same_with, &calls) == numbers + 3);
    printf(" %d\n", calls);
}

static void characters(void) {
    unsigned char text[] = "a\xC3\xA9" "b\xE2\x82\xAC", one[5] = {0};
    int bytes = 0;
    printf("%s", (char *)_mbsrev(text));
    printf(" %d %d %d", _ismbslead(text, text), _ismbstrail(text, text + 1), (int)_mbccpy_s(one, 4, &bytes, text));
    printf(" %d %d %d", bytes, (int)_mbstrnlen((char *)text, 4), _ismbcupper('A') != 0);
    printf(" %d%d%d\n", __isascii('a'), __iscsym('_') && iscsymf('x') && !__iscsymf('7'), __iswcsym(L'_'));
}

static void times(void) {
    struct tm date;
    char text[60], zone[20];
    size_t room = 0;
    long west = 0;
    int summer = 0;
    memset(&date, 0, sizeof date);
    date.tm_year = 101;
    date.tm_mday = 4;
    date.tm_mon = 6;
    date.tm_wday = 3;
    strftime(text, sizeof text, "%#d.%#m. %#x", &date);
    putenv("TZ=PST8PDT");
    _tzset();
    printf("%s %d", text, _get_timezone(&west) + _get_daylight(&summer) + (int)_get_tzname(&room, zone, sizeof zone, 1));
    printf(" %d %d %s %d %d %s\n", (int)west, summer, zone, (int)_timezone, _daylight, _tzname[0]);
}

static void files(const char *name) {
    struct _utimbuf when = {1000000000, 1100000000};
    struct _stat64 found;
    int file = _open(name, _O_CREAT | _O_RDWR | _O_BINARY, _S_IREAD | _S_IWRITE), other = _dup(file);
    HANDLE handle;
    FILE *stream;
    char rest[9];
    printf("%d", _write(file, "abc", 3));
    say(_dup2(file, other));
    say(_setmode(file, _O_BINARY));
    say(_futime(file, &when));
    say(_fstat64(file, &found));
    say((int)found.st_mtime);
    say(_setmode(-1, _O_TEXT));
    _close(other);
    _close(file);
    handle = CreateFileA(name, FILE_APPEND_DATA, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    file = _open_osfhandle((intptr_t)handle, _O_APPEND);
    say(_write(file, "de", 2));
    _close(file);
    stream = _fsopen(name, "rb", SH_DENYNO);
    _lock_file(stream);
    say(_getc_nolock(stream));
    say(_fgetc_nolock(stream));
    _unlock_file(stream);
    printf(" %s", fgets(rest, sizeof rest, stream));
    fclose(stream);
    say(remove("."));
    say(errno == EACCES);
    say(_open(".", _O_RDONLY));
    say(fopen(".", "r") == NULL);
    say(remove(name));
    printf("\n");
}

static void own(void) {
    char line[20] = "OVL_FORMS=1", digits[20];
    int point, sign;
    putenv(line);
    strcpy(line, "OVL_OTHER=2");
    errno = 0;
    printf("%s", getenv("OVL_FORMS"));
    say(atoi("99999999999"));
    say(errno == ERANGE);
    say(_heapchk() == _HEAPOK);
    say(_ecvt_s(digits, 20, -1234.5, 6, &point, &sign));
    printf(" %s %d %d %d", digits, point, sign, (_getdrives() & 4) != 0);
    say(_strerror_s(digits, 20, "x"));
    printf(" %.3s\n", digits);
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IONBF, 0);
    locales();
    positions();
    searches();
    characters();
    times();
    files(argc > 1 ? argv[1] : "forms.tmp");
    own();
    return 0;
}
