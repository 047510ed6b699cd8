// Microsoft's checking heap: its names come along with the streams, its macros may follow later, and it has nothing to complain of.
#include <iostream>
#include <windows.h>
static int before = _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF | _CRTDBG_LEAK_CHECK_DF);
#define _CRTDBG_MAP_ALLOC
#include <crtdbg.h>
#define DBG_NEW new (_NORMAL_BLOCK, __FILE__, __LINE__)
#define new DBG_NEW

int main()
{
    int flags = _CrtSetDbgFlag(_CRTDBG_REPORT_FLAG);
    flags |= _CRTDBG_DELAY_FREE_MEM_DF;
    _CrtSetDbgFlag(flags);
    _CrtSetReportMode(_CRT_WARN, _CRTDBG_MODE_FILE | _CRTDBG_MODE_DEBUG);
    _CrtSetReportFile(_CRT_WARN, _CRTDBG_FILE_STDOUT);
    _CrtSetBreakAlloc(157);
    _CrtMemState first, second, difference;
    _CrtMemCheckpoint(&first);
    int *one = new int(5);
    int *many = new int[3];
    std::string *text = new std::string("text");
    _CrtMemCheckpoint(&second);
    _ASSERTE(_CrtIsValidHeapPointer(one) && _CrtCheckMemory());
    _RPT1(_CRT_WARN, "%d\n", *one);
    std::cout << before << _CrtMemDifference(&difference, &first, &second) << *one << *text << std::endl;
    delete one;
    delete[] many;
    delete text;
    return _CrtDumpMemoryLeaks();
}
