/* Who may open a file that is open already: the matrix of contract 01 section 2.2. */
#include "say.h"

#define R GENERIC_READ
#define W GENERIC_WRITE
#define SR FILE_SHARE_READ
#define SW FILE_SHARE_WRITE
#define SD FILE_SHARE_DELETE

struct opening {
    const char *name;
    DWORD access, share;
};

static const struct opening openings[] = {
    {"R/R", R, SR}, {"R/RW", R, SR | SW}, {"W/R", W, SR}, {"W/RW", W, SR | SW},
    {"RW/R", R | W, SR}, {"RW/RW", R | W, SR | SW}, {"R/0", R, 0}, {"W/0", W, 0},
    {"attributes/0", FILE_READ_ATTRIBUTES, 0}, {"DELETE/RWD", DELETE, SR | SW | SD}, {"R/RWD", R, SR | SW | SD},
};
#define COUNT (sizeof openings / sizeof openings[0])

static HANDLE open_as(const struct opening *how)
{
    return CreateFileA("shared.dat", how->access, how->share, NULL, OPEN_EXISTING, 0, NULL);
}

int main(void)
{
    size_t i, j;
    HANDLE twin, late, file = CreateFileA("shared.dat", W, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    CloseHandle(file);

    puts("a row for what is open, a column for what is asked (access/share)");
    printf("%-13s", "");
    for (j = 0; j < COUNT; j++)
        printf(" %7.7s", openings[j].name);
    printf("\n");
    for (i = 0; i < COUNT; i++) {
        HANDLE first = open_as(&openings[i]);
        printf("%-13s", openings[i].name);
        for (j = 0; j < COUNT; j++) {
            HANDLE second = open_as(&openings[j]);
            if (second == INVALID_HANDLE_VALUE)
                printf(" %7lu", GetLastError());
            else
                printf(" %7s", "ok");
            if (second != INVALID_HANDLE_VALUE)
                CloseHandle(second);
        }
        printf("\n");
        CloseHandle(first);
    }

    puts("-- sharing lasts until the last handle of the instance closes");
    file = CreateFileA("shared.dat", R | W, 0, NULL, OPEN_EXISTING, 0, NULL);
    DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &twin, 0, FALSE, DUPLICATE_SAME_ACCESS);
    CloseHandle(file);
    say_handle("one handle left", CreateFileA("shared.dat", R, SR, NULL, OPEN_EXISTING, 0, NULL));
    CloseHandle(twin);
    late = CreateFileA("shared.dat", R, SR, NULL, OPEN_EXISTING, 0, NULL);
    say_handle("none left", late);
    say("DeleteFile of a file whose opener does not share deleting", DeleteFileA("shared.dat"));
    CloseHandle(late);
    say("DeleteFile", DeleteFileA("shared.dat"));
    return 0;
}
