//! Access rights (contract 01 §2.1, 03 §8, 04 §1, 05 §3). The typed form is
//! [`AccessMask`](crate::AccessMask).

// Rights of every kind of object.
consts! { u32;
    GENERIC_READ = 0x8000_0000 => "The rights for reading, whatever they are for the object.";
    GENERIC_WRITE = 0x4000_0000 => "The rights for writing.";
    GENERIC_EXECUTE = 0x2000_0000 => "The rights for executing.";
    GENERIC_ALL = 0x1000_0000 => "Every right.";
    MAXIMUM_ALLOWED = 0x0200_0000 => "All that the object grants.";
    ACCESS_SYSTEM_SECURITY = 0x0100_0000 => "Read and write the audit list.";
    DELETE = 0x0001_0000 => "Delete or rename.";
    READ_CONTROL = 0x0002_0000 => "Read the security descriptor.";
    WRITE_DAC = 0x0004_0000 => "Change the access list.";
    WRITE_OWNER = 0x0008_0000 => "Change the owner.";
    SYNCHRONIZE = 0x0010_0000 => "Wait on the object.";
    STANDARD_RIGHTS_REQUIRED = 0x000F_0000 => "Delete, read control, write access list and owner.";
    STANDARD_RIGHTS_READ = READ_CONTROL => "The standard right of reading.";
    STANDARD_RIGHTS_WRITE = READ_CONTROL => "The standard right of writing.";
    STANDARD_RIGHTS_EXECUTE = READ_CONTROL => "The standard right of executing.";
    STANDARD_RIGHTS_ALL = 0x001F_0000 => "All standard rights.";
}

// Files, pipes and devices.
consts! { u32;
    FILE_READ_DATA = 0x1 => "Read.";
    FILE_LIST_DIRECTORY = 0x1 => "List a directory.";
    FILE_WRITE_DATA = 0x2 => "Write anywhere.";
    FILE_ADD_FILE = 0x2 => "Create files in a directory.";
    FILE_APPEND_DATA = 0x4 => "Write at the end.";
    FILE_ADD_SUBDIRECTORY = 0x4 => "Create directories in a directory.";
    FILE_CREATE_PIPE_INSTANCE = 0x4 => "Create another instance of a pipe.";
    FILE_READ_EA = 0x8 => "Read extended attributes.";
    FILE_WRITE_EA = 0x10 => "Write extended attributes.";
    FILE_EXECUTE = 0x20 => "Execute.";
    FILE_TRAVERSE = 0x20 => "Pass through a directory.";
    FILE_DELETE_CHILD = 0x40 => "Delete the entries of a directory.";
    FILE_READ_ATTRIBUTES = 0x80 => "Query times and attributes.";
    FILE_WRITE_ATTRIBUTES = 0x100 => "Set times and attributes.";
    FILE_ALL_ACCESS = 0x1F_01FF => "What `GENERIC_ALL` means here.";
    FILE_GENERIC_READ = 0x12_0089 => "What `GENERIC_READ` means here.";
    FILE_GENERIC_WRITE = 0x12_0116 => "What `GENERIC_WRITE` means here.";
    FILE_GENERIC_EXECUTE = 0x12_00A0 => "What `GENERIC_EXECUTE` means here.";
}

// Events, mutexes, semaphores, timers.
consts! { u32;
    EVENT_QUERY_STATE = 0x1 => "Query an event.";
    EVENT_MODIFY_STATE = 0x2 => "Set and reset an event.";
    EVENT_ALL_ACCESS = 0x1F_0003 => "Every right of an event.";
    MUTEX_MODIFY_STATE = 0x1 => "Release a mutex.";
    MUTEX_ALL_ACCESS = 0x1F_0001 => "Every right of a mutex.";
    SEMAPHORE_MODIFY_STATE = 0x2 => "Release a semaphore.";
    SEMAPHORE_ALL_ACCESS = 0x1F_0003 => "Every right of a semaphore.";
    TIMER_QUERY_STATE = 0x1 => "Query a timer.";
    TIMER_MODIFY_STATE = 0x2 => "Set and cancel a timer.";
    TIMER_ALL_ACCESS = 0x1F_0003 => "Every right of a timer.";
}

// Threads.
consts! { u32;
    THREAD_TERMINATE = 0x1 => "End the thread, or cancel its synchronous request.";
    THREAD_SUSPEND_RESUME = 0x2 => "Suspend and resume the thread.";
    THREAD_SET_CONTEXT = 0x10 => "Change the thread's context, or queue a procedure to it.";
    THREAD_QUERY_INFORMATION = 0x40 => "Query the thread, its exit code included.";
    THREAD_ALL_ACCESS = 0x1F_FFFF => "Every right of a thread.";
}
