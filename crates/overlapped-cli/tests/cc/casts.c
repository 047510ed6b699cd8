/* Interlocked operations on objects of 32 bits that a cast calls `long`, with a neighbour that must stay as it is, and on real ones. */
#include <windows.h>
#include <stdio.h>

typedef volatile unsigned int lock_t;

static int taken(lock_t *lock) { return (unsigned int)InterlockedCompareExchange((long *)lock, 1, 0) == 0; }

static void leave(lock_t *lock) { InterlockedExchange((volatile long *)lock, 0); }

static void count(int *cell, int by) { InterlockedExchangeAdd((long *)cell, by); }

int main(void) {
    static lock_t locks[2] = {0, 0x55555555};
    static struct {
        unsigned int first, second;
    } pair = {5, 77};
    int cells[2] = {-1, 99}, first, second;
    long real = -1;
    unsigned long word = 0;
    LONG number = 3;

    first = taken(locks);
    second = taken(locks);
    leave(locks);
    printf("%d %d %u %x\n", first, second, locks[0], locks[1]);
    count(cells, 1);
    count(cells, -3);
    first = (int)InterlockedDecrement((long *)&cells[0]);
    printf("%d %d %d\n", first, cells[0], cells[1]);
    InterlockedExchange((long *)&pair.first, 1);
    printf("%u %u\n", pair.first, pair.second);
    first = InterlockedBitTestAndSet((long *)&cells[0], 31);
    second = InterlockedBitTestAndReset((long *)&cells[0], 31);
    printf("%d %d %d\n", first, second, cells[1]);
    InterlockedIncrement(&real);
    printf("%d\n", real == 0);
    InterlockedDecrement(&real);
    InterlockedExchange((long *)&word, 9);
    printf("%d %d %d\n", real == -1, word == 9, (int)InterlockedExchangeAdd(&number, 4));
    return number != 7;
}
