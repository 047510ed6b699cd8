// Functions of POSIX where _MSC_VER is not defined, and facets of a program that are derived from libstdc++'s.
#include <codecvt>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <locale>
#include <string>
#include <windows.h>

struct Narrow : std::codecvt<wchar_t, char, std::mbstate_t> {};

int main() {
    std::wstring_convert<Narrow> convert;
    const std::wstring wide = convert.from_bytes("C:\\\xC3\xA4\xF0\x9F\x98\x80");
    std::printf("%d %x %d\n", (int)wide.size(), (unsigned)wide[3], convert.to_bytes(wide) == "C:\\\xC3\xA4\xF0\x9F\x98\x80");
    const time_t day = 86400;
    tm parts;
    char text[64];
    std::printf("%d %d\n", gmtime_r(&day, &parts)->tm_mday, strerror_r(2, text, sizeof text));
    setenv("OVL_FACETS", "there", 1);
    std::printf("%s\n", getenv("OVL_FACETS"));
    return 0;
}
