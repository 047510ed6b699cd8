//! The devices: what each kind of thing makes of a request, and what opens it.
//!
//! A device decides what a request means and describes what Linux must do for it as kernel
//! [`Operation`](overlapped_kernel::engine::Operation)s; an engine carries them out. No device here makes a system call that
//! transfers data, and none names an engine (design.md section 1).
//!
//! | Module | Holds | Contract |
//! |---|---|---|
//! | [`channel`] | names and connections between processes, for pipes and mailslots | 07 §1.1, §4 |
//! | [`console`] | terminals as programs see them that print lines and colours | 09 §3 to §5 |
//! | [`mod@file`] | files, directories, links, the null device, and special files reached by a path | 01 §2, §4.1, §4.2; 02 |
//! | [`pipe`] | named and anonymous pipes | 07 §1 to §3 |
//! | [`socket`] | sockets: streams, datagrams, local ones | 08 |
//! | [`shared`] | named objects that processes share | 04 §2 |
//! | [`lookup`] | how names are looked up in this machine's file system | 01 §3 |

pub mod channel;
pub mod console;
pub mod file;
pub mod lookup;
pub mod pipe;
pub mod shared;
pub mod socket;

pub use file::FileDriver;
pub use lookup::HostLookup;
pub use pipe::PipeDriver;
