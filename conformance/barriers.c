/* Barriers, singly linked lists, and what is done to words in one piece: each phase and each entry counts once (no chapter of the
 * contract; companions of 04). */
#include "say.h"
#include <malloc.h>

enum { THREADS = 4, PHASES = 100, ITEMS = 5000 };

struct item {
    SLIST_ENTRY link;
    int number;
};

static SYNCHRONIZATION_BARRIER barrier;
static volatile LONG came[PHASES], last, early, sum;
static PSLIST_HEADER list;
static struct item *items;

static DWORD WINAPI walks(LPVOID unused)
{
    int phase;
    (void)unused;
    for (phase = 0; phase < PHASES; phase++) {
        InterlockedIncrement(&came[phase]);
        if (EnterSynchronizationBarrier(&barrier, 0))
            InterlockedIncrement(&last);
        if (came[phase] != THREADS)
            InterlockedIncrement(&early);
    }
    return 0;
}

static DWORD WINAPI moves(LPVOID first)
{
    struct item *mine = (struct item *)first;
    int i;
    for (i = 0; i < ITEMS; i++) {
        PSLIST_ENTRY taken;
        InterlockedPushEntrySList(list, &mine[i].link);
        taken = InterlockedPopEntrySList(list);
        if (taken)
            InterlockedExchangeAdd(&sum, ((struct item *)taken)->number);
    }
    return 0;
}

static void run(LPTHREAD_START_ROUTINE routine, int with_items)
{
    HANDLE threads[THREADS];
    int i;
    for (i = 0; i < THREADS; i++)
        threads[i] = CreateThread(NULL, 0, routine, with_items ? (LPVOID)(items + i * ITEMS) : NULL, 0, NULL);
    say_wait("all threads", WaitForMultipleObjects(THREADS, threads, TRUE, 20000));
    for (i = 0; i < THREADS; i++)
        CloseHandle(threads[i]);
}

int main(void)
{
    volatile LONG word = 0;
    PSLIST_ENTRY entry;
    int i, left = 0;

    puts("-- a barrier");
    say("for nobody", InitializeSynchronizationBarrier(&barrier, 0, -1));
    say("for four", InitializeSynchronizationBarrier(&barrier, THREADS, -1));
    run(walks, 0);
    printf("told to be the last: %ld, let go too early: %ld\n", last, early);
    say("deleted", DeleteSynchronizationBarrier(&barrier));

    puts("-- a list");
    list = (PSLIST_HEADER)_aligned_malloc(sizeof *list, MEMORY_ALLOCATION_ALIGNMENT);
    items = (struct item *)_aligned_malloc(THREADS * ITEMS * sizeof *items, MEMORY_ALLOCATION_ALIGNMENT);
    for (i = 0; i < THREADS * ITEMS; i++)
        items[i].number = 1;
    InitializeSListHead(list);
    printf("empty: %s\n", InterlockedPopEntrySList(list) || InterlockedFlushSList(list) ? "no" : "yes");
    printf("first: %s\n", InterlockedPushEntrySList(list, &items[0].link) ? "no" : "yes");
    printf("second: %s\n", InterlockedPushEntrySList(list, &items[1].link) == &items[0].link ? "yes" : "no");
    printf("depth %u\n", QueryDepthSList(list));
    entry = InterlockedFlushSList(list);
    printf("last in first: %s\n", entry == &items[1].link && entry->Next == &items[0].link ? "yes" : "no");
    printf("depth %u\n", QueryDepthSList(list));
    run(moves, 1);
    for (entry = InterlockedFlushSList(list); entry; entry = entry->Next)
        left++;
    printf("each entry once: %s\n", sum + left == THREADS * ITEMS ? "yes" : "no");
    _aligned_free(items);
    _aligned_free(list);

    puts("-- bits");
    printf("%d\n", InterlockedBitTestAndSet(&word, 3));
    printf("%d\n", InterlockedBitTestAndSet(&word, 3));
    printf("%d\n", InterlockedBitTestAndReset(&word, 3));
    printf("%ld\n", word);
    return 0;
}
