//! Waits, synchronization objects and procedure calls (contract 04, 05 §3).

consts! { u32;
    INFINITE = 0xFFFF_FFFF => "No time limit.";
    MAXIMUM_WAIT_OBJECTS = 64 => "Most objects of one wait.";

    WAIT_OBJECT_0 = 0x0 => "Object 0 satisfied the wait; add the index.";
    WAIT_ABANDONED = 0x80 => "The mutex was abandoned.";
    WAIT_ABANDONED_0 = 0x80 => "Mutex 0 was abandoned; add the index.";
    WAIT_IO_COMPLETION = 0xC0 => "Queued procedures ran.";
    WAIT_TIMEOUT = 0x102 => "The time ran out.";
    WAIT_FAILED = 0xFFFF_FFFF => "The call failed.";
    STILL_ACTIVE = 259 => "Exit code of a thread that still runs.";

    CREATE_EVENT_MANUAL_RESET = 0x1 => "The event stays set until reset.";
    CREATE_EVENT_INITIAL_SET = 0x2 => "The event starts set.";
    CREATE_MUTEX_INITIAL_OWNER = 0x1 => "The creator owns the mutex.";
    CREATE_WAITABLE_TIMER_MANUAL_RESET = 0x1 => "The timer stays signalled until set again.";
    CREATE_WAITABLE_TIMER_HIGH_RESOLUTION = 0x2 => "A timer of high resolution.";
    CREATE_SUSPENDED = 0x4 => "The thread starts suspended.";

    QUEUE_USER_APC_FLAGS_NONE = 0x0 => "An ordinary procedure call.";
    QUEUE_USER_APC_FLAGS_SPECIAL_USER_APC = 0x1 => "Runs without an alertable wait; out of scope.";

    MWMO_WAITALL = 0x1 => "All objects and input.";
    MWMO_ALERTABLE = 0x2 => "Alertable.";
    MWMO_INPUTAVAILABLE = 0x4 => "Input already seen counts too.";

    QS_KEY = 0x1 => "A key.";
    QS_MOUSEMOVE = 0x2 => "The mouse moved.";
    QS_MOUSEBUTTON = 0x4 => "A mouse button.";
    QS_POSTMESSAGE = 0x8 => "A posted message.";
    QS_TIMER = 0x10 => "A timer message.";
    QS_PAINT = 0x20 => "A paint message.";
    QS_SENDMESSAGE = 0x40 => "A message from another thread.";
    QS_HOTKEY = 0x80 => "A hot key.";
    QS_ALLPOSTMESSAGE = 0x100 => "A posted message, even one already seen.";
    QS_RAWINPUT = 0x400 => "Raw input.";
    QS_ALLINPUT = 0x4FF => "Any message.";
}

/// Most nested acquisitions of a mutex (contract 04 §4). The name is ours.
pub const MUTEX_RECURSION_LIMIT: u32 = 0x8000_0000;
