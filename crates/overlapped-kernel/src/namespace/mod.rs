//! The one table in which device names resolve (contract 01 §2.5 and §3, 07 §1.1 and §4, 09 §2).
//!
//! A name goes through three stages, each with a module of its own:
//!
//! 1. `form` looks at the text only and says which of the seven spellings it is: a POSIX path, `X:\…`, `X:rel`,
//!    `\…`, `rel`, `\\server\…`, or a name behind `\\.\` or `\\?\`.
//! 2. `resolve` asks the table ([`Namespace`]) where that spelling leads and walks its components.
//! 3. `walk` finds the file the caller meant where its exact name is missing but another case of it exists.
//!
//! The answer is a [`Target`]: what to open, never how. Nothing here makes a system call; the three questions only
//! a file system can answer go through [`Lookup`], so the same code runs on a simulated one.
//!
//! # What a name means here that it does not mean on Windows
//!
//! - A name that begins with `/` is a POSIX path and is passed on byte for byte (decision D9): no character in it
//!   is illegal, no component reserved, no dot dropped, and Linux alone interprets its `..`. Only backslashes separate in it
//!   as they do elsewhere, unless a file has exactly this name, or exact names are asked for (`FILE_FLAG_POSIX_SEMANTICS`).
//! - A name with neither a backslash nor a drive could be either kind. Where the Windows rules would refuse or
//!   change a component, the component is taken as it stands if such a file exists; otherwise the Windows rules
//!   hold. Reserved names (`NUL`, `COM1`) are devices all the same.
//! - Every other name follows the Windows rules. Its `..` is taken out of the text before any link is followed,
//!   and never leads above the root of its drive or share.
//! - The *current drive* is the one whose directory holds the process's current directory, the deepest if several
//!   do. With the default table that is `C:`, which is `/`.
//!
//! # Drawback
//!
//! Matching without regard to case costs one directory listing for each component whose exact name is missing, so
//! creating a file through a Windows name in a very large directory is slower than through its POSIX name. And the
//! match does not go back: if `Dir` exists, nothing is looked for in `dir`.
//!
//! # Example
//!
//! ```
//! use std::{ffi::OsString, fs, io, path::{Path, PathBuf}};
//! use overlapped_kernel::namespace::{DriveLetter, Lookup, Namespace, Target};
//!
//! struct Files;
//!
//! impl Lookup for Files {
//!     fn exists(&self, path: &Path) -> bool {
//!         path.symlink_metadata().is_ok()
//!     }
//!     fn read_dir_names(&self, directory: &Path) -> io::Result<Vec<OsString>> {
//!         fs::read_dir(directory)?.map(|entry| Ok(entry?.file_name())).collect()
//!     }
//!     fn current_dir(&self) -> io::Result<PathBuf> {
//!         std::env::current_dir()
//!     }
//! }
//!
//! let mut names = Namespace::new();
//! names.set_serial(7, "/dev/ttyUSB3")?;
//! names.apply_toml("[drives]\nD = '/srv/data'", Path::new("devices.toml"))?;
//!
//! let port = Target::Serial { port: 7, path: "/dev/ttyUSB3".into() };
//! assert_eq!(names.resolve(r"\\.\COM7", &Files)?, port);
//! let Target::File(file) = names.resolve(r"D:\..\new. ", &Files)? else { panic!() };
//! assert_eq!(file.path, Path::new("/srv/data/new"));
//! assert_eq!(file.drive, DriveLetter::new('d'));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod channel;
mod component;
mod config;
mod device;
mod entries;
mod error;
mod fold;
mod form;
mod listing;
mod places;
mod resolve;
mod table;
mod target;
mod volumes;
mod walk;
mod wide;

#[cfg(test)]
mod tests;

pub use channel::{mailslot_server_name, pipe_server_name};
pub use config::ConfigError;
pub use device::{DiskName, DriveLetter, reserved_name};
pub use entries::{Disk, Drive, EntryError, NullModem, Origin, Server};
pub use error::NameError;
pub use fold::{ObjectName, fold};
pub use listing::{MappedTo, Mapping};
pub use places::{ConfigFile, config_file, runtime_directory};
pub use table::Namespace;
pub use target::{FileTarget, MailslotReach, Target, VolumeTarget};
pub use volumes::Known;
pub use walk::{CaseRule, Lookup};
pub use wide::{from_utf16, to_utf16};
