/* A UNICODE program with _tmain: _T, TCHAR and the _tcs functions, lstr functions, conversion to and from UTF-8
 * (design section 5: tchar, 16-bit WCHAR). */
#ifndef UNICODE
#define UNICODE
#endif
#ifndef _UNICODE
#define _UNICODE
#endif
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>

int _tmain(int argc, TCHAR *argv[])
{
    TCHAR text[64], *end;
    char utf8[64];
    WCHAR back[64];
    int n, i;

    _tprintf(_T("TCHAR has %d bytes, %d argument, first not empty: %d\n"), (int)sizeof(TCHAR), argc, argv[0][0] != 0);

    _tcscpy(text, _T("overlapped"));
    _tcscat(text, TEXT(" i/o"));
    _tprintf(_T("%s, %d characters\n"), text, (int)_tcslen(text));
    _tprintf(_T("compare %d %d %d\n"), _tcscmp(text, _T("overlapped i/o")), _tcsicmp(text, _T("OVERLAPPED I/O")),
             _tcsncmp(text, _T("overtime"), 4));
    _tprintf(_T("from the p: %s, from the last slash: %s\n"), _tcschr(text, _T('p')), _tcsrchr(text, _T('/')));
    _tprintf(_T("part: %s\n"), _tcsstr(text, _T("lap")));
    _tprintf(_T("number %d"), _ttoi(_T("4711")));
    _tprintf(_T(", hex %lu"), _tcstoul(_T("ffz"), &end, 16));
    _tprintf(_T(", rest %s\n"), end);
    _sntprintf(text, 64, _T("%s %d"), _T("number"), 17);
    _tprintf(_T("%s\n"), text);
    _tcsupr(text);
    _tprintf(_T("%s\n"), text);

    lstrcpy(text, _T("lstr"));
    lstrcat(text, _T("cat"));
    _tprintf(_T("%s %d %d\n"), text, lstrlen(text), lstrcmpi(text, _T("LSTRCAT")));
    wsprintf(text, _T("%s-%03d-%lx"), _T("wsprintf"), 7, 255L);
    _tprintf(_T("%s\n"), text);

    _tprintf(_T("-- UTF-8\n"));
    n = WideCharToMultiByte(CP_UTF8, 0, L"g\u00fcn\u4e2d\U0001F600", -1, utf8, 64, NULL, NULL);
    _tprintf(_T("%d bytes:"), n);
    for (i = 0; i < n; i++)
        _tprintf(_T(" %02x"), (unsigned char)utf8[i]);
    _tprintf(_T("\n"));
    n = MultiByteToWideChar(CP_UTF8, 0, utf8, -1, back, 64);
    _tprintf(_T("%d units:"), n);
    for (i = 0; i < n; i++)
        _tprintf(_T(" %04x"), back[i]);
    _tprintf(_T("\n"));
    _tprintf(_T("needs %d"), MultiByteToWideChar(CP_UTF8, 0, utf8, 3, NULL, 0));
    _tprintf(_T(", no room %d"), WideCharToMultiByte(CP_UTF8, 0, L"text", -1, utf8, 2, NULL, NULL));
    _tprintf(_T("/%u"), GetLastError());
    _tprintf(_T(", not UTF-8 %d"), MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "\xff\xfe", 2, back, 64));
    _tprintf(_T("/%u\n"), GetLastError());
    return 0;
}
