//! The structures that the header's inline functions fill.

use overlapped_win32::threadpool::environment::Environ;
use overlapped_win32::threadpool::pools::StackInformation;
use std::mem::offset_of;
use windows_sys::Win32::System::Threading::{
    TP_CALLBACK_ENVIRON_V3 as Theirs, TP_POOL_STACK_INFORMATION as TheirStack,
};

macro_rules! same {
    ($ours:ty, $theirs:ty: $($field:ident $original:ident)*) => {
        const _: () = assert!(size_of::<$ours>() == size_of::<$theirs>());
        const _: () = assert!(align_of::<$ours>() == align_of::<$theirs>());
        $(const _: () = assert!(offset_of!($ours, $field) == offset_of!($theirs, $original));)*
    };
}

same! { Environ, Theirs:
version Version  pool Pool  cleanup_group CleanupGroup  cleanup_group_cancel_callback CleanupGroupCancelCallback
race_dll RaceDll  activation_context ActivationContext  finalization_callback FinalizationCallback
flags u  callback_priority CallbackPriority  size Size }
same! { StackInformation, TheirStack: reserve StackReserve  commit StackCommit }
