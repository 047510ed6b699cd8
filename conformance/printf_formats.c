/* printf and scanf with the formats that Windows programs use: I64, I32, I, S, ws, hs, c of the other width
 * (design section 5: tchar and the printf family). */
#include <windows.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    char text[100];
    wchar_t wide[100];
    LONGLONG big = -1234567890123LL;
    ULONGLONG huge = 0xFFFFFFFFFFFFFFFFULL;
    DWORD dword = 4000000000u;
    LONG number = -2000000000;
    SIZE_T size = 123456;
    __int64 scanned = 0;
    int plain = 0, n;

    puts("-- widths");
    printf("%I64d %I64u %I64x\n", big, huge, huge);
    printf("%lld %llu\n", big, huge);
    printf("%I32d %I32u\n", number, dword);
    printf("%Iu %Ix\n", size, size);
    printf("%ld %lu %lx %d %u %x\n", number, dword, dword, number, dword, dword);
    printf("%5lu|%-5lu|%05lu|%+ld\n", (DWORD)42, (DWORD)42, (DWORD)42, (LONG)42);
    printf("%hd %hu %hhu\n", (short)-3, (unsigned short)65535, (unsigned char)200);

    puts("-- characters of both kinds");
    printf("%s %S %ls %ws %hs\n", "narrow", L"wide", L"long", L"w", "h");
    printf("%c %C %lc %hc\n", 'a', L'b', L'c', 'd');
    printf("[%10S] [%-10S] [%.3S]\n", L"right", L"left", L"shortened");
    wprintf(L"%s %S %ls %hs\n", L"wide", "narrow", L"long", "h");

    puts("-- into memory");
    n = sprintf(text, "%I64d|%S", big, L"text");
    printf("%d %s\n", n, text);
    n = _snprintf(text, 5, "%s", "too long for it");
    printf("_snprintf: %d %.5s\n", n, text);
    n = swprintf(wide, 100, L"%s-%d", L"wide", 7);
    printf("%d %S\n", n, wide);
    n = _scprintf("%d and %s", 12, "text");
    printf("_scprintf: %d\n", n);

    puts("-- back again");
    n = sscanf("77 -9876543210 0x1f", "%d %I64d %x", &plain, &scanned, (unsigned *)&number);
    printf("%d: %d %I64d %lx\n", n, plain, scanned, number);

    puts("-- others");
    printf("%.3f %8.2f %e %g\n", 3.14159, 2.5, 12345.678, 0.0001);
    printf("%#x %#o %X %o\n", 255, 8, 0xBEEF, 64);
    printf("%*d|%.*s|%%\n", 6, 42, 3, "abcdef");
    return 0;
}
