//! Pages: sizes, protections in both languages, and what VirtualQuery says of an address.

use super::region::Region;
use super::{MEM_COMMIT, MEM_FREE, MEM_PRIVATE, MEM_RESERVE};
use rustix::mm::MprotectFlags;

/// dwAllocationGranularity.
pub const GRANULARITY: usize = 0x1_0000;

const MEM_MAPPED: u32 = 0x4_0000;
const MEM_IMAGE: u32 = 0x100_0000;
const PAGE_NOACCESS: u32 = 1;
/// The first touch is an exception and takes it away.
pub(crate) const PAGE_GUARD: u32 = 0x100;
/// PAGE_GUARD, PAGE_NOCACHE and PAGE_WRITECOMBINE.
const MODIFIERS: u32 = 0x700;
/// The first address behind those of a program.
pub(super) const TOP: usize = 0x7FFF_FFFF_0000;

/// MEMORY_BASIC_INFORMATION, 48 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryBasicInformation {
    /// `BaseAddress`: where the run of equal pages is asked from.
    pub base: usize,
    /// `AllocationBase`.
    pub allocation_base: usize,
    /// `AllocationProtect`.
    pub allocation_protect: u32,
    /// `PartitionId`, and padding.
    pub partition: u32,
    /// `RegionSize`: bytes of equal pages from the base.
    pub size: usize,
    /// `State`.
    pub state: u32,
    /// `Protect`; 0 for what is reserved only.
    pub protect: u32,
    /// `Type`.
    pub kind: u32,
    /// Padding.
    pub padding: u32,
}

const _: () = assert!(size_of::<MemoryBasicInformation>() == 48);

/// The page size of the machine. From libc: `rustix` looks for it in a way that ends a program under Valgrind.
#[must_use]
pub fn page_size() -> usize {
    // SAFETY: it asks for a number.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}

/// To the multiple below.
#[must_use]
pub fn round_down(value: usize, to: usize) -> usize {
    value & !(to - 1)
}

/// To the multiple above.
#[must_use]
pub fn round_up(value: usize, to: usize) -> usize {
    value.saturating_add(to - 1) & !(to - 1)
}

/// What a PAGE_ constant is on Linux; `None` for what is none.
#[must_use]
pub fn linux_protection(protection: u32) -> Option<MprotectFlags> {
    let (read, write, execute) = (MprotectFlags::READ, MprotectFlags::WRITE, MprotectFlags::EXEC);
    let flags = match protection & !MODIFIERS {
        PAGE_NOACCESS => MprotectFlags::empty(),
        0x02 => read,
        0x04 | 0x08 => read | write,
        0x10 => execute,
        0x20 => read | execute,
        0x40 | 0x80 => read | write | execute,
        _ => return None,
    };
    Some(if protection & PAGE_GUARD != 0 { MprotectFlags::empty() } else { flags })
}

/// A line of `/proc/self/maps`.
pub struct Mapping {
    /// The first address.
    pub start: usize,
    /// The one behind the last.
    pub end: usize,
    /// As a PAGE_ constant.
    pub protect: u32,
    kind: u32,
}

fn parse(line: &str) -> Option<Mapping> {
    let mut fields = line.split_ascii_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    let access = fields.next()?;
    let protect = match &access[..3] {
        "r--" => 0x02,
        "rw-" | "-w-" => 0x04,
        "--x" => 0x10,
        "r-x" => 0x20,
        "rwx" | "-wx" => 0x40,
        _ => PAGE_NOACCESS,
    };
    let kind = match fields.nth(3) {
        Some(file) if file.starts_with('/') && access.ends_with('p') => MEM_IMAGE,
        Some(file) if file.starts_with('/') => MEM_MAPPED,
        _ => MEM_PRIVATE,
    };
    let number = |text| usize::from_str_radix(text, 16).ok();
    Some(Mapping { start: number(start)?, end: number(end)?, protect, kind })
}

/// What a process has mapped, in order; nothing if it is not ours to look at.
pub(crate) fn mappings(process: u32) -> Vec<Mapping> {
    let text = std::fs::read_to_string(format!("/proc/{process}/maps"));
    text.map(|text| text.lines().filter_map(parse).collect()).unwrap_or_default()
}

/// The mapping that an address is in.
#[must_use]
pub fn mapping(address: usize) -> Option<Mapping> {
    mapping_of(std::process::id(), address)
}

/// The same of another process.
#[must_use]
pub fn mapping_of(process: u32, address: usize) -> Option<Mapping> {
    mappings(process).into_iter().find(|mapping| (mapping.start..mapping.end).contains(&address))
}

/// What VirtualQuery says of an address in a region of VirtualAlloc.
#[must_use]
pub(super) fn of_region(address: usize, base: usize, region: &Region) -> MemoryBasicInformation {
    let page = round_down(address, page_size());
    let (_, end, protect) = region.run(page - base);
    MemoryBasicInformation {
        base: page,
        allocation_base: base,
        allocation_protect: region.protect,
        size: base + end - page,
        state: if protect == 0 { MEM_RESERVE } else { MEM_COMMIT },
        protect,
        kind: MEM_PRIVATE,
        ..Default::default()
    }
}

/// What it says of any other address: of programs, stacks, `malloc`, or of nothing.
#[must_use]
pub(super) fn outside_of(process: u32, address: usize) -> Option<MemoryBasicInformation> {
    if address >= TOP {
        return None;
    }
    let page = round_down(address, page_size());
    let all = mappings(process);
    let blank = MemoryBasicInformation { base: page, ..Default::default() };
    Some(match all.iter().find(|mapping| mapping.end > page) {
        Some(found) if found.start <= page => MemoryBasicInformation {
            allocation_base: found.start,
            allocation_protect: found.protect,
            size: found.end - page,
            state: MEM_COMMIT,
            protect: found.protect,
            kind: found.kind,
            ..blank
        },
        next => MemoryBasicInformation {
            size: next.map_or(TOP, |mapping| mapping.start) - page,
            state: MEM_FREE,
            protect: PAGE_NOACCESS,
            ..blank
        },
    })
}
