/* Commands that belong to the command interpreter of Windows, and others. */
#include <stdio.h>
#ifdef __cplusplus
#include <cstdlib>
using std::system;
#else
#include <stdlib.h>
#endif

int main(void) {
    int status;
    printf("begin\n");
    status = system("pause");
    printf("%d %d %d\n", status, system("PAUSE > nul"), system("chcp 65001 >nul"));
    printf("%d %d %d\n", system("exit 3"), system("color 77"), system("title a b"));
    printf("%d %d\n", _wsystem(L"exit 5"), system(NULL) != 0);
    fflush(stdout);
    system("echo said");
    system("cls");
    return 0;
}
