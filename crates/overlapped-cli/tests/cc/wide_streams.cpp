// Wide streams with a wchar_t of 16 bits, and file streams with Windows names. Input: "één 5 x", "line two".
#include <windows.h>
#include <iostream>
#include <sstream>
#include <fstream>
#include <iomanip>
#include <regex>
#include <codecvt>
#include <locale>
#include <string>
#include <vector>
#include <ctime>
#include <iostream> // A second time, as when another header has it.
#include <cassert>
#include <algorithm>
#include <iterator>
#include <set>
struct marks : std::numpunct<wchar_t> {
  std::string do_grouping() const { return "\3"; }
  wchar_t do_thousands_sep() const { return L'\''; }
};
#define CHECK(e) do { if (!(e)) { printf("failed: %s\n", #e); failures++; } } while (0)
int failures;
int main() {
  using namespace std;
  wostringstream a; a.imbue(locale(locale(), new marks)); a << 1234567 << L' ' << boolalpha << true; CHECK(a.str() == L"1'234'567 true");
  wostringstream b; b << fixed << setprecision(2) << 3.14159 << L'|' << scientific << 12345.678 << L'|' << showbase << hex << 255u << L'|' << (long long)-1 << L'|' << uppercase << 0xabcULL;
  CHECK(b.str() == L"3.14|1.23e+04|0xff|0xffffffffffffffff|0XABC");
  wistringstream c(L"  hello 42 -7 2.5e3 true 0x1F\nrest of line\nlast"); wstring w, l; int i, j; double d; bool t; unsigned x;
  c >> w >> i >> j >> d >> boolalpha >> t >> hex >> x; CHECK(w == L"hello" && i == 42 && j == -7 && d == 2500 && t && x == 31);
  CHECK(getline(c, l) && l.empty()); CHECK(getline(c, l) && l == L"rest of line"); CHECK(getline(c, l) && l == L"last" && c.eof()); CHECK(!getline(c, l));
  wistringstream q(L"abc,def;g"); wchar_t buf[10]; q.getline(buf, 10, L','); CHECK(wstring(buf) == L"abc"); q.ignore(10, L';'); CHECK(q.get() == L'g'); CHECK(q.peek() == char_traits<wchar_t>::eof());
  wregex re(L"(\\w+)@(\\w+)\\.com", regex::icase); wsmatch m; wstring mail = L"to Me@Example.COM now"; CHECK(regex_search(mail, m, re) && m[2] == L"Example");
  CHECK(regex_replace(mail, wregex(L"[A-Z]"), L"_") == L"to _e@_xample.___ now");
  wstring_convert<codecvt_utf8<wchar_t>> conv; CHECK(conv.to_bytes(L"é总😀") == "é总😀"); CHECK(conv.from_bytes("é总😀") == L"é总😀");
  wstring_convert<codecvt_utf8_utf16<wchar_t>> conv2; CHECK(conv2.from_bytes("é总😀").size() == 4); CHECK(conv2.to_bytes(conv2.from_bytes("é总😀")) == "é总😀");
  wstring_convert<codecvt_utf8_utf16<char16_t>, char16_t> conv3; CHECK(conv3.from_bytes("é") == u"é");
  tm when = {}; when.tm_year = 124; when.tm_mon = 1; when.tm_mday = 29; wostringstream p; p << put_time(&when, L"%Y-%m-%d %H:%M"); CHECK(p.str() == L"2024-02-29 00:00");
  CreateDirectoryW(L"sub dir", NULL);
  { wofstream f(L"sub dir\\wide é.txt"); CHECK(f.is_open()); f << L"é总😀 " << 7 << endl << L"second" << endl; }
  { wifstream f("sub dir\\wide é.txt"); wstring s; int n; f >> s >> n; CHECK(s == L"é总😀" && n == 7); getline(f, s); getline(f, s); CHECK(s == L"second"); f.clear(); f.seekg(0); f >> s; CHECK(s == L"é总😀"); }
  { ofstream f("sub dir\\narrow.txt", ios::app); f << "x" << 1 << endl; CHECK(f.good()); }
  { ifstream f(wstring(L"sub dir\\narrow.txt").c_str()); string s; f >> s; CHECK(s == "x1"); f.close(); f.open("missing\\file"); CHECK(!f.is_open() && f.fail()); }
  { fstream f("sub dir\\bin.dat", ios::in | ios::out | ios::trunc | ios::binary); f.write("0123456789", 10); f.seekg(3); char z[3] = {}; f.read(z, 2); CHECK(string(z) == "34"); f.seekp(0, ios::end); CHECK(f.tellp() == streampos(10)); }
  { ofstream f("sub dir\\bin.dat", ios::ate | ios::in); CHECK(f.tellp() == streampos(10)); }
  CHECK(isspace(L' ', locale()) && toupper(L'é', locale()) == L'É');
  wstring up = L"straße"; transform(up.begin(), up.end(), up.begin(), ::towupper); CHECK(up[0] == L'S');
  wstringstream ss; ss << L"a b c"; vector<wstring> v((istream_iterator<wstring, wchar_t>(ss)), istream_iterator<wstring, wchar_t>()); CHECK(v.size() == 3);
  wostringstream copy; wistringstream src(L"stream copy"); copy << src.rdbuf(); CHECK(copy.str() == L"stream copy");
  wcout << L"wide é总😀 " << setw(5) << 42 << L'\n' << flush; printf("then narrow\n"); cout << "then cout" << endl; wcout << "end" << endl;
  wstring n1; int n2; wcin >> n1 >> n2; CHECK(n1 == L"één" && n2 == 5); wcin.ignore(100, L'\n'); getline(wcin, n1); CHECK(n1 == L"line two"); CHECK(!getline(wcin, n1));
  wcout.imbue(locale("")); wcout << 12345 << L" ok" << endl;
  DeleteFileW(L"sub dir\\wide é.txt"); DeleteFileA("sub dir\\narrow.txt"); DeleteFileA("sub dir\\bin.dat"); RemoveDirectoryW(L"sub dir");
  printf("%d failures\n", failures); return failures;
}
