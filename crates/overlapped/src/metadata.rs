//! What both kinds of open file can be asked besides transfers (contract 02).

use crate::error::{Error, Result};
use crate::handle::OwnedHandle;
use overlapped_abi::Win32Error;
use overlapped_devices::file;
use overlapped_kernel::instance::NotificationModes;

impl OwnedHandle {
    pub(crate) fn ask<T>(
        &self,
        operation: &'static str,
        question: impl FnOnce(&overlapped_kernel::system::Grant) -> std::result::Result<T, Win32Error>,
    ) -> Result<T> {
        question(self.grant()).map_err(|code| Error::new(code, operation))
    }
}

pub(crate) fn set_len(handle: &OwnedHandle, size: u64) -> Result<()> {
    let size = i64::try_from(size).map_err(|_| Error::new(Win32Error::INVALID_PARAMETER, "change of a file's size"))?;
    handle.ask("change of a file's size", |grant| file::set_size(grant, size))
}

pub(crate) fn set_allocation(handle: &OwnedHandle, size: u64) -> Result<()> {
    let size = i64::try_from(size).map_err(|_| Error::new(Win32Error::INVALID_PARAMETER, "reservation of room"))?;
    handle.ask("reservation of room", |grant| file::set_allocation(grant, size))
}

pub(crate) fn set_modes(handle: &OwnedHandle, modes: NotificationModes) -> Result<()> {
    handle.ask("change of notification modes", |grant| grant.instance.add_modes(modes))
}

/// The methods that [`File`](crate::File) and [`OverlappedFile`](crate::OverlappedFile) share; both have a `handle`.
macro_rules! file_methods {
    ($file:ty) => {
        impl $file {
            pub(crate) fn new(handle: $crate::OwnedHandle) -> Self {
                Self { handle }
            }

            /// The handle underneath.
            #[must_use]
            pub fn handle(&self) -> &$crate::OwnedHandle {
                &self.handle
            }

            /// Gives the handle away.
            #[must_use]
            pub fn into_handle(self) -> $crate::OwnedHandle {
                self.handle
            }

            /// The logical size, in bytes (GetFileSizeEx).
            ///
            /// # Errors
            /// 1 for what is not a file.
            pub fn size(&self) -> $crate::Result<u64> {
                self.handle.ask("question for a file's size", overlapped_devices::file::size)
            }

            /// What the file was when it was opened: size, times, permissions. Linux is not asked again.
            ///
            /// # Errors
            /// 1 for what is not a file.
            pub fn stat_at_open(&self) -> $crate::Result<$crate::FileStat> {
                self.handle.ask("question for a file's facts", overlapped_devices::file::stat_at_open)
            }

            /// The bytes that the file occupies, which holes do not (GetCompressedFileSize).
            ///
            /// # Errors
            /// As for `size`.
            pub fn physical_size(&self) -> $crate::Result<u64> {
                self.handle.ask("question for a file's size", overlapped_devices::file::physical_size)
            }

            /// Cuts or extends the file; new bytes read as zeros (FileEndOfFileInfo).
            ///
            /// # Errors
            /// 5 without write access, 112 when the disk is full.
            pub fn set_len(&self, size: u64) -> $crate::Result<()> {
                $crate::metadata::set_len(&self.handle, size)
            }

            /// Reserves room for `size` bytes without changing the size, which makes writing them cheaper, or cuts a file that is
            /// larger (FileAllocationInfo). A file system that reserves nothing does not mind.
            ///
            /// # Errors
            /// 5 without write access, 112 when the disk has not that much room.
            pub fn set_allocation(&self, size: u64) -> $crate::Result<()> {
                $crate::metadata::set_allocation(&self.handle, size)
            }

            /// The attributes, FILE_ATTRIBUTE_* (FileBasicInfo). Also of a directory.
            ///
            /// # Errors
            /// 1 for what is not a file.
            pub fn attributes(&self) -> $crate::Result<u32> {
                self.handle.ask("question for a file's attributes", overlapped_devices::file::file_attributes)
            }

            /// Sets the attributes that can be set (FileBasicInfo). Also of a directory.
            ///
            /// # Errors
            /// 5 without FILE_WRITE_ATTRIBUTES, which write access has; 87 for a file that is to become a directory.
            pub fn set_attributes(&self, attributes: u32) -> $crate::Result<()> {
                let set = |grant: &_| overlapped_devices::file::set_attributes(grant, attributes);
                self.handle.ask("change of a file's attributes", set)
            }

            /// The times of creation, last access, last write and last change (GetFileTime). Also of a directory.
            ///
            /// # Errors
            /// 1 for what is not a file.
            pub fn times(&self) -> $crate::Result<$crate::FileTimes> {
                self.handle.ask("question for a file's times", overlapped_devices::file::times)
            }

            /// Sets times (SetFileTime); `None` leaves one as it is. Also of a directory.
            ///
            /// # Errors
            /// 5 without FILE_WRITE_ATTRIBUTES, which write access has; 87 for what is no time.
            pub fn set_times(
                &self,
                creation: Option<$crate::abi::FileTime>,
                access: Option<$crate::abi::FileTime>,
                write: Option<$crate::abi::FileTime>,
            ) -> $crate::Result<()> {
                let set = |grant: &_| overlapped_devices::file::set_times(grant, creation, access, write);
                self.handle.ask("change of a file's times", set)
            }

            /// Brings what was written to the device (FlushFileBuffers). Waits for it, also on an overlapped file.
            ///
            /// # Errors
            /// 5 without write access.
            pub fn flush_buffers(&self) -> $crate::Result<()> {
                self.handle.ask("flush", overlapped_devices::file::flush)
            }

            /// Sets how completions are told (SetFileCompletionNotificationModes, contract 03 section 6). Modes accumulate.
            ///
            /// # Errors
            /// 87 for the port mode on a synchronous file.
            pub fn set_notification_modes(&self, modes: $crate::NotificationModes) -> $crate::Result<()> {
                $crate::metadata::set_modes(&self.handle, modes)
            }
        }

        impl std::os::fd::AsFd for $file {
            fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
                self.handle.as_fd()
            }
        }
    };
}

pub(crate) use file_methods;
