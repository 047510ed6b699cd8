/* Names of tchar.h in both kinds of text, and what the C library has behind them; the headers come as parts of C++ programs have them. */
#ifdef __cplusplus
extern "C" {
#endif
#include <windows.h>
#include <tchar.h>
#include <conio.h>
#include <io.h>
#include <locale.h>
#include <process.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#ifdef __cplusplus
}
#endif

static int by_last(void *context, const void *first, const void *second)
{
    ++*(int *)context;
    return *(const int *)first % 10 - *(const int *)second % 10;
}

static void say(const TCHAR *format, ...)
{
    TCHAR text[64];
    va_list list;
    va_start(list, format);
    _vstprintf(text, format, list);
    va_end(list);
    _tcprintf(_T("<%s>"), text);
}

int _tmain(int argc, TCHAR **argv)
{
    TCHAR text[64], name[MAX_PATH], line[64], set[8] = _T("abc"), *token;
    int numbers[] = {41, 13, 22}, compared = 0, failed;
    struct _tfinddata_t found;
    struct _stat64 status;
    void *slot = NULL, *before;
    intptr_t search;
    time_t start = 86400 * 200;
    FILE *pipe;

    _stprintf(text, _T("%d,%s,%c"), 5, _T("two"), _T('x'));
    for (token = _tcstok(text, _T(",")); token; token = _tcstok(NULL, _T(","))) say(_T("%s %d"), token, (int)_tcslen(token));
    _cputts(_T("\n"));
    token = _tctime(&start);
    _tprintf(_T("%d %d "), (int)_tcslen(token), !_tcsncmp(token + 20, _T("1970"), 4));
    _tprintf(_T("%d %d "), _tcslen(_tstrdate(name)) == 8, (int)_tcslen(_tcserror(2)) > 0);
    failed = _tcsnccpy_s(name, sizeof name / sizeof *name, _T("abcdef"), 3);
    _tprintf(_T("%d %s "), failed, name);
    failed = _tcsset_s(set, 8, _T('z'));
    _tprintf(_T("%d %s %d %d\n"), failed, set, _tcsicoll(_T("A"), _T("a")), _tsetlocale(LC_ALL, NULL) != NULL);
    qsort_s(numbers, 3, sizeof *numbers, by_last, &compared);
    _tprintf(_T("%d %d %d %d "), numbers[0], numbers[1], numbers[2], compared > 0);
    numbers[0] = 73;
    token = (TCHAR *)bsearch_s(&numbers[0], numbers, 3, sizeof *numbers, by_last, &compared);
    _tprintf(_T("%d "), (int)((int *)(void *)token - numbers));
    before = InterlockedExchangePointer((void **)&slot, name);
    _tprintf(_T("%d %d "), before == NULL, InterlockedCompareExchangePointer((void **)&slot, NULL, name) == name);
    _tprintf(_T("%d %d\n"), __argc == argc && !_tcscmp(__targv[1], argv[1]), _tcslen(_tpgmptr) > 3);
    _stprintf(name, _T("%s\\*.txt"), argv[1]);
    search = _tfindfirst(name, &found);
    _stprintf(name, _T("%s\\%s"), argv[1], search == -1 ? _T("none") : found.name);
    _tprintf(_T("%s %d "), found.name, (int)found.size);
    _findclose(search);
    failed = _tstat64(name, &status);
    _tprintf(_T("%d %d "), failed, (int)status.st_size);
    pipe = _tpopen(_T("echo said & exit 3"), _T("rt"));
    _tprintf(_T("%s"), pipe && _fgetts(line, 64, pipe) ? line : _T("nothing\n"));
    fflush(stdout);
    failed = _pclose(pipe);
    _tprintf(_T("%d "), failed);
    failed = (int)_tspawnlp(_P_WAIT, _T("sh"), _T("sh"), _T("-c"), _T("\"exit 7\""), NULL);
    _tprintf(_T("%d\n"), failed);
    return 0;
}
