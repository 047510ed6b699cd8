//! FILE_FLAG_NO_BUFFERING: which offsets, lengths and addresses a transfer may have (contract 02 §6).
//!
//! The rules hold whether or not the file system takes O_DIRECT. Where it does not, transfers go through the page cache
//! and the cache is dropped behind them, which costs a copy but looks the same.

use rustix::fd::BorrowedFd;
use rustix::fs::{AtFlags, StatxFlags};

/// The smallest sector that Windows programs know, used where Linux does not say.
const USUAL_SECTOR: u32 = 512;

/// What transfers must be aligned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sectors {
    /// Offsets, lengths and the file pointer: the logical sector.
    pub sector: u32,
    /// Buffer addresses.
    pub memory: u32,
    /// Does O_DIRECT stand behind the rules, or do we drop the cache ourselves?
    pub direct: bool,
}

impl Sectors {
    /// For a file; `direct`: the descriptor has O_DIRECT.
    pub fn of(fd: BorrowedFd<'_>, direct: bool) -> Self {
        let (sector, memory) = if direct { alignment(fd) } else { (USUAL_SECTOR, USUAL_SECTOR) };
        Self { sector, memory: memory.max(sector), direct }
    }

    /// Of a drive that is only asked, so that nothing is transferred.
    pub fn known(sector: u32) -> Self {
        Self { sector, memory: sector, direct: false }
    }

    /// Is `at` a multiple of the sector?
    pub fn fits(&self, at: u64) -> bool {
        at.is_multiple_of(u64::from(self.sector))
    }

    /// May this transfer be made? `at` `None`: at the end, wherever that is.
    pub fn allows(&self, at: Option<u64>, len: usize, address: usize) -> bool {
        at.is_none_or(|at| self.fits(at)) && self.fits(len as u64) && address.is_multiple_of(self.memory as usize)
    }
}

/// Sector and memory alignment of an O_DIRECT descriptor.
fn alignment(fd: BorrowedFd<'_>) -> (u32, u32) {
    if let Ok(sector) = rustix::fs::ioctl_blksszget(fd) {
        return (sector, sector);
    }
    let Ok(stat) = rustix::fs::statx(fd, "", AtFlags::EMPTY_PATH, StatxFlags::DIOALIGN) else {
        return (USUAL_SECTOR, USUAL_SECTOR);
    };
    let known = StatxFlags::from_bits_retain(stat.stx_mask).contains(StatxFlags::DIOALIGN);
    if known && stat.stx_dio_offset_align != 0 {
        return (stat.stx_dio_offset_align.max(USUAL_SECTOR), stat.stx_dio_mem_align);
    }
    // Before Linux 6.1, or a file system that does not say: the disk knows.
    let sector = disk_sector(stat.stx_dev_major, stat.stx_dev_minor).unwrap_or(USUAL_SECTOR);
    (sector, sector)
}

/// The logical sector of a disk, or of the disk that a partition is on.
fn disk_sector(major: u32, minor: u32) -> Option<u32> {
    let read = |queue| std::fs::read_to_string(format!("/sys/dev/block/{major}:{minor}/{queue}/logical_block_size"));
    let text = read("queue").or_else(|_| read("../queue")).ok()?;
    text.trim().parse().ok().filter(|sector: &u32| sector.is_power_of_two())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offset_length_and_address_must_each_be_aligned() {
        let sectors = Sectors { sector: 512, memory: 512, direct: false };
        assert!(sectors.allows(Some(1024), 512, 0x1000));
        assert!(sectors.allows(None, 512, 0x1000));
        assert!(!sectors.allows(Some(1), 512, 0x1000));
        assert!(!sectors.allows(Some(512), 511, 0x1000));
        assert!(!sectors.allows(Some(512), 512, 0x1001));
    }
}
