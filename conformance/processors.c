/* Processors: what they share, which one runs us, and where a thread may run. */
#include "say.h"
#include <stdlib.h>

static DWORD_PTR in_cores, in_packages;
static DWORD cores, packages, nodes, caches, broken;

static void count(const SYSTEM_LOGICAL_PROCESSOR_INFORMATION *entry)
{
    switch (entry->Relationship) {
    case RelationProcessorCore:
        cores++;
        broken += (in_cores & entry->ProcessorMask) != 0;
        in_cores |= entry->ProcessorMask;
        break;
    case RelationProcessorPackage:
        packages++;
        in_packages |= entry->ProcessorMask;
        break;
    case RelationNumaNode:
        nodes++;
        break;
    case RelationCache:
        caches++;
        broken += entry->Cache.Level == 0 || entry->Cache.Size == 0;
        break;
    default:
        break;
    }
}

static void entries(void)
{
    SYSTEM_LOGICAL_PROCESSOR_INFORMATION *all;
    DWORD bytes = 0, i;
    say("without room", GetLogicalProcessorInformation(NULL, &bytes));
    printf("%d\n", bytes > 0 && bytes % sizeof *all == 0);
    all = (SYSTEM_LOGICAL_PROCESSOR_INFORMATION *)malloc(bytes);
    say("with it", GetLogicalProcessorInformation(all, &bytes));
    for (i = 0; i < bytes / sizeof *all; i++)
        count(&all[i]);
    free(all);
    printf("cores %d, packages %d, nodes %d\n", cores > 0, packages > 0, nodes > 0);
    printf("all in packages %d, wrong %lu\n", (in_cores & ~in_packages) == 0, (unsigned long)broken);
}

static void entries_of(LOGICAL_PROCESSOR_RELATIONSHIP relation)
{
    SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *entry;
    DWORD bytes = 0, at = 0, number = 0, other = 0;
    char *all;
    say("without room", GetLogicalProcessorInformationEx(relation, NULL, &bytes));
    all = (char *)malloc(bytes);
    say("with it", GetLogicalProcessorInformationEx(relation, (SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *)all, &bytes));
    while (at < bytes) {
        entry = (SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *)(all + at);
        number++;
        other += entry->Relationship != relation;
        if (relation == RelationGroup)
            printf("groups %u, processors %d\n", entry->Group.ActiveGroupCount,
                   entry->Group.GroupInfo[0].ActiveProcessorCount == GetActiveProcessorCount(0));
        else if (relation == RelationProcessorCore && at == 0)
            printf("groups of the first: %u\n", entry->Processor.GroupCount);
        at += entry->Size;
    }
    printf("found %d, ends %d, others %lu\n", number > 0, at == bytes, (unsigned long)other);
    free(all);
}

int main(void)
{
    SYSTEM_INFO info;
    PROCESSOR_NUMBER number;
    GROUP_AFFINITY affinity, before;
    ULONG node = 99;
    DWORD_PTR own, all;
    USHORT groups[8], count_of = 8;

    puts("-- GetLogicalProcessorInformation");
    entries();
    puts("-- GetLogicalProcessorInformationEx");
    entries_of(RelationProcessorCore);
    entries_of(RelationGroup);

    puts("-- how many");
    GetNativeSystemInfo(&info);
    printf("%d %d\n", info.dwNumberOfProcessors > 0, GetActiveProcessorCount(ALL_PROCESSOR_GROUPS) >= info.dwNumberOfProcessors);
    printf("groups %u\n", GetActiveProcessorGroupCount());
    SetLastError(0);
    say("no group", GetActiveProcessorCount(4711) != 0);
    say("GetNumaHighestNodeNumber", GetNumaHighestNodeNumber(&node));
    printf("%d\n", node < 99);

    puts("-- where we run");
    GetProcessAffinityMask(GetCurrentProcess(), &own, &all);
    printf("%d\n", (own >> GetCurrentProcessorNumber() & 1) != 0);
    memset(&number, 0xFF, sizeof number);
    GetCurrentProcessorNumberEx(&number);
    printf("%u %u %d\n", number.Group, number.Reserved, (own >> number.Number & 1) != 0);
    say("GetThreadGroupAffinity", GetThreadGroupAffinity(GetCurrentThread(), &affinity));
    printf("%u %d\n", affinity.Group, affinity.Mask == own);
    affinity.Mask = own & (~own + 1);
    say("SetThreadGroupAffinity", SetThreadGroupAffinity(GetCurrentThread(), &affinity, &before));
    printf("%d\n", before.Mask == own);
    printf("%d\n", (DWORD_PTR)1 << GetCurrentProcessorNumber() == affinity.Mask);
    printf("%d\n", SetThreadAffinityMask(GetCurrentThread(), own) == affinity.Mask);
    affinity.Mask = 0;
    say("none", SetThreadGroupAffinity(GetCurrentThread(), &affinity, NULL));
    say("GetProcessGroupAffinity", GetProcessGroupAffinity(GetCurrentProcess(), &count_of, groups));
    if (count_of == 1)
        printf("group %u\n", groups[0]);
#if defined(__x86_64__)
    printf("SSE2 %d\n", IsProcessorFeaturePresent(PF_XMMI64_INSTRUCTIONS_AVAILABLE));
#endif
    printf("no feature %d\n", IsProcessorFeaturePresent(999));
    return 0;
}
