/* Functions of Windows that a program declares itself, without any header of Windows. */
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif
__declspec(dllimport) int __stdcall IsDebuggerPresent(void);
__declspec(dllimport) void __stdcall SetLastError(unsigned int code);
__declspec(dllimport) unsigned int __stdcall GetLastError(void);
void _fpreset(void);
#ifdef __cplusplus
}
#endif

int main(void) {
    _fpreset();
    SetLastError(1234);
    printf("%d %u\n", IsDebuggerPresent(), GetLastError());
    return 0;
}
