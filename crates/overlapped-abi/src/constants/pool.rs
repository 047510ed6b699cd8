//! Thread-pool callbacks and registered waits (contract 04 §9, §10).

consts! { u32;
    WT_EXECUTEDEFAULT = 0x0 => "An ordinary worker.";
    WT_EXECUTEINIOTHREAD = 0x1 => "A worker that waits alertably.";
    WT_EXECUTEINWAITTHREAD = 0x4 => "The waiting thread itself.";
    WT_EXECUTEONLYONCE = 0x8 => "Once, not again and again.";
    WT_EXECUTELONGFUNCTION = 0x10 => "The callback may take long.";
    WT_EXECUTEINPERSISTENTTHREAD = 0x80 => "A thread that never ends.";
    WT_TRANSFER_IMPERSONATION = 0x100 => "Act as the caller does.";
    WT_THREAD_LIMIT_SHIFT = 16 => "Where the flags carry the pool's thread limit. The name is ours.";
    WT_DEFAULT_THREAD_LIMIT = 500 => "The pool's thread limit otherwise. The name is ours.";
}
