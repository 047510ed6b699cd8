//! Named pipes and mailslots (contract 07).

// dwOpenMode (07 §1.2).
consts! { u32;
    PIPE_ACCESS_INBOUND = 0x1 => "The server reads.";
    PIPE_ACCESS_OUTBOUND = 0x2 => "The server writes.";
    PIPE_ACCESS_DUPLEX = 0x3 => "The server does both.";
}

// dwPipeMode and the modes of an end (07 §1.2, §1.10).
consts! { u32;
    PIPE_WAIT = 0x0 => "Blocking.";
    PIPE_NOWAIT = 0x1 => "Not blocking.";
    PIPE_READMODE_BYTE = 0x0 => "Read a stream.";
    PIPE_READMODE_MESSAGE = 0x2 => "Read message by message.";
    PIPE_TYPE_BYTE = 0x0 => "Written as a stream.";
    PIPE_TYPE_MESSAGE = 0x4 => "Written message by message.";
    PIPE_ACCEPT_REMOTE_CLIENTS = 0x0 => "Clients of other computers too.";
    PIPE_REJECT_REMOTE_CLIENTS = 0x8 => "Only clients of this computer.";
    PIPE_CLIENT_END = 0x0 => "`GetNamedPipeInfo`: the client's end.";
    PIPE_SERVER_END = 0x1 => "`GetNamedPipeInfo`: the server's end.";
    PIPE_UNLIMITED_INSTANCES = 255 => "As many instances as there is room for.";
}

// Waiting for an instance (07 §1.4).
consts! { u32;
    NMPWAIT_USE_DEFAULT_WAIT = 0x0 => "The time that the server gave.";
    NMPWAIT_NOWAIT = 0x1 => "Do not wait.";
    NMPWAIT_WAIT_FOREVER = 0xFFFF_FFFF => "No time limit.";
    PIPE_DEFAULT_TIMEOUT_MS = 50 => "What `nDefaultTimeOut` 0 means. The name is ours.";
    PIPE_DEFAULT_BUFFER = 4096 => "What `nSize` 0 means in `CreatePipe`. The name is ours.";
}

// NamedPipeState of FSCTL_PIPE_PEEK (01 §6).
consts! { u32;
    FILE_PIPE_DISCONNECTED_STATE = 1 => "Disconnected.";
    FILE_PIPE_LISTENING_STATE = 2 => "Listening.";
    FILE_PIPE_CONNECTED_STATE = 3 => "Connected.";
    FILE_PIPE_CLOSING_STATE = 4 => "Closing.";
}

// Mailslots (07 §4).
consts! { u32;
    MAILSLOT_WAIT_FOREVER = 0xFFFF_FFFF => "A read waits without limit.";
    MAILSLOT_NO_MESSAGE = 0xFFFF_FFFF => "`GetMailslotInfo`: no message waits.";
    MAILSLOT_MAX_BROADCAST = 424 => "Longest message to more than one slot. The name is ours.";
}
