//! The devices: what each kind of thing makes of a request, and what opens it.
//!
//! A device decides what a request means and describes what Linux must do for it as kernel
//! [`Operation`](overlapped_kernel::engine::Operation)s; an engine carries them out. No device here makes a system call that
//! transfers data, but for the channel between processes, and none names an engine (design.md section 1).
//!
//! | Module | Holds | Contract |
//! |---|---|---|
//! | [`channel`] | names and connections between processes, for pipes and mailslots | 07 §1.1, §4 |
//! | [`console`] | consoles: records of input, screen buffers, control events, on terminals or in memory | 09 |
//! | [`disk`] | drives and volumes as runs of sectors | 01 §4.3, §4.4, §6 |
//! | [`mod@file`] | files, directories, links, the null device, and special files reached by a path | 01 §2, §4.1, §4.2; 02 |
//! | [`pipe`] | named and anonymous pipes | 07 §1 to §3 |
//! | [`process`] | starting programs, and what they inherit | 01 §1, 07 §3, 09 §1 |
//! | [`parallel`] | printers | 01 §4.5 |
//! | [`ring`] | rings of entries that are submitted together | 03 |
//! | [`serial`] | serial ports: ttys, and simulated null modems | 01 §5 |
//! | [`socket`] | sockets: streams, datagrams, local ones | 08 |
//! | [`mailslot`] | mailslots: messages of many writers to one reader | 07 §4 |
//! | [`shared`] | named objects that processes share | 04 §2 |
//! | [`lookup`] | how names are looked up in this machine's file system | 01 §3 |

pub mod channel;
pub mod codepage;
pub mod console;
pub mod disk;
pub mod file;
pub mod lookup;
pub mod mailslot;
pub mod parallel;
pub mod pipe;
pub mod process;
pub mod ring;
pub mod serial;
pub mod shared;
pub mod socket;

pub use file::FileDriver;
pub use lookup::HostLookup;
pub use mailslot::MailslotDriver;
pub use parallel::ParallelDriver;
pub use pipe::PipeDriver;
pub use serial::SerialDriver;
