/* FindFirstChangeNotification: a handle that waits take the signal from, that can be duplicated, and that either close ends
 * (contract 02 section 10, 04 section 3). */
#include "say.h"

#define NAMES (FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME)

static void make(const char *name)
{
    CloseHandle(CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
}

int main(void)
{
    HANDLE watch, second, event;

    CreateDirectoryA("watched", NULL);
    make("plain.dat");
    say_handle("a missing directory", FindFirstChangeNotificationA("missing", FALSE, NAMES));
    say_handle("a file", FindFirstChangeNotificationA("plain.dat", FALSE, NAMES));
    say_handle("nothing to watch for", FindFirstChangeNotificationA("watched", FALSE, 0));
    say_handle("what does not exist", FindFirstChangeNotificationA("watched", FALSE, 0x1000));

    watch = FindFirstChangeNotificationA("watched", FALSE, NAMES);
    say_handle("a directory", watch);
    printf("type %lu\n", GetFileType(watch));
    say("it is no event", SetEvent(watch));
    say_wait("at first", WaitForSingleObject(watch, 0));
    make("watched\\one.dat");
    say_wait("a file has come", WaitForSingleObject(watch, 10000));
    say_wait("the wait took it", WaitForSingleObject(watch, 0));
    make("watched\\two.dat");
    say("armed again", FindNextChangeNotification(watch));
    say_wait("what has come meanwhile counts", WaitForSingleObject(watch, 10000));
    say("armed again", FindNextChangeNotification(watch));

    say("duplicated", DuplicateHandle(GetCurrentProcess(), watch, GetCurrentProcess(), &second, 0, FALSE, DUPLICATE_SAME_ACCESS));
    say("closed as any handle", CloseHandle(watch));
    say_wait("the duplicate", WaitForSingleObject(second, 0));
    DeleteFileA("watched\\one.dat");
    say_wait("a file has gone", WaitForSingleObject(second, 10000));
    say("closed", FindCloseChangeNotification(second));
    say("twice", FindCloseChangeNotification(second));
    say("armed after that", FindNextChangeNotification(second));
    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    say("an event is not armed", FindNextChangeNotification(event));
    CloseHandle(event);

    DeleteFileA("watched\\two.dat");
    say("nothing has the directory open", RemoveDirectoryA("watched"));
    DeleteFileA("plain.dat");
    return 0;
}
