/* A block with its handler is one statement, as the body of a loop or a branch without braces. */
#include <windows.h>
#include <stdio.h>

#define OURS 0xE0000001
static volatile int turn;

static void raise_at(int number)
{
    if (turn == number) RaiseException(OURS, 0, 0, NULL);
}

int main(void)
{
    for (turn = 1; turn <= 3; turn++) __try {
        raise_at(2);
        __try {
            printf("%d ", turn);
            raise_at(3);
        } __finally {
            printf("f%d ", turn);
        }
    } __except (GetExceptionCode() == OURS ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH) {
        printf("h%d ", turn);
    }
    if (turn == 4) __try {
        printf("then ");
    } __finally {
        printf("end ");
    }
    else
        printf("else ");
    if (turn != 4) __try {
        printf("then ");
    } __except (1) {
        printf("handler ");
    }
    else
        printf("else ");
    printf("\n");
    return 0;
}
