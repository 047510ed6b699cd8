//! Share modes, dispositions and flags of `CreateFile` (contract 01 §2.2 to §2.4). The typed forms are
//! [`ShareMode`](crate::ShareMode) and [`FileFlags`](crate::FileFlags).

// dwShareMode.
consts! { u32;
    FILE_SHARE_NONE = 0x0 => "Nobody else may open it for data.";
    FILE_SHARE_READ = 0x1 => "Others may open it for reading.";
    FILE_SHARE_WRITE = 0x2 => "Others may open it for writing.";
    FILE_SHARE_DELETE = 0x4 => "Others may open it for deleting.";
}

// dwCreationDisposition.
consts! { u32;
    CREATE_NEW = 1 => "Create; fail if it exists.";
    CREATE_ALWAYS = 2 => "Create, or cut an existing file.";
    OPEN_EXISTING = 3 => "Open; fail if it is missing. The one for devices.";
    OPEN_ALWAYS = 4 => "Open, or create a missing file.";
    TRUNCATE_EXISTING = 5 => "Open and cut; fail if it is missing.";
}

// The flag half of dwFlagsAndAttributes.
consts! { u32;
    FILE_FLAG_WRITE_THROUGH = 0x8000_0000 => "Each write reaches the device before it completes.";
    FILE_FLAG_OVERLAPPED = 0x4000_0000 => "Overlapped instance: no file pointer, an OVERLAPPED for each request.";
    FILE_FLAG_NO_BUFFERING = 0x2000_0000 => "No caching; sector alignment required.";
    FILE_FLAG_RANDOM_ACCESS = 0x1000_0000 => "Caching hint: no read-ahead.";
    FILE_FLAG_SEQUENTIAL_SCAN = 0x0800_0000 => "Caching hint: more read-ahead.";
    FILE_FLAG_DELETE_ON_CLOSE = 0x0400_0000 => "Delete when the last handle of every instance closes.";
    FILE_FLAG_BACKUP_SEMANTICS = 0x0200_0000 => "Needed to open a directory.";
    FILE_FLAG_POSIX_SEMANTICS = 0x0100_0000 => "Match the name case-sensitively.";
    FILE_FLAG_SESSION_AWARE = 0x0080_0000 => "Sessions; accepted and ignored.";
    FILE_FLAG_OPEN_REPARSE_POINT = 0x0020_0000 => "Open the link itself.";
    FILE_FLAG_OPEN_NO_RECALL = 0x0010_0000 => "Remote storage; accepted and ignored.";
    FILE_FLAG_FIRST_PIPE_INSTANCE = 0x0008_0000 => "`CreateNamedPipe` only: fail if the pipe exists.";
    FILE_FLAG_OPEN_REQUIRING_OPLOCK = 0x0004_0000 => "Accepted and ignored.";
}

// Security of a pipe client, in the same word; valid with SECURITY_SQOS_PRESENT.
consts! { u32;
    SECURITY_SQOS_PRESENT = 0x0010_0000 => "The bits below apply.";
    SECURITY_ANONYMOUS = 0x0000_0000 => "The server cannot identify the client.";
    SECURITY_IDENTIFICATION = 0x0001_0000 => "The server may identify the client.";
    SECURITY_IMPERSONATION = 0x0002_0000 => "The server may act as the client.";
    SECURITY_DELEGATION = 0x0003_0000 => "The server may act as the client elsewhere too.";
    SECURITY_CONTEXT_TRACKING = 0x0004_0000 => "The server sees later changes of the client.";
    SECURITY_EFFECTIVE_ONLY = 0x0008_0000 => "Only what the client has enabled.";
}
