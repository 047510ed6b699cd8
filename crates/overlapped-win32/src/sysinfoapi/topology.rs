//! Processors: their cores, packages, caches and memory, groups of 64, and which one runs the caller.
//!
//! All of it is read from /sys at each call, as processors come and go. Processor `n` of Linux is number `n % 64` of group `n / 64`. Where /sys
//! says nothing, each processor is a core of its own in one package and one node.

use crate::arguments::store;
use crate::processthreadsapi::thread;
use crate::support::{Bool, FALSE, RawHandle, TRUE, guard, guard_bool, guard_or};
use overlapped_abi::Win32Error;
use std::collections::BTreeSet;

const CORE: u32 = 0;
const NODE: u32 = 1;
const CACHE: u32 = 2;
const PACKAGE: u32 = 3;
const GROUP: u32 = 4;
const NODE_EX: u32 = 6;
const ALL: u32 = 0xFFFF;
/// LTP_PC_SMT: a core has more than one processor.
const SMT: u8 = 1;
const ALL_GROUPS: u16 = 0xFFFF;

/// Numbers of Linux's, in order.
type Processors = Vec<usize>;

/// One thing that processors share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shared {
    relation: u32,
    processors: Processors,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Nothing,
    Node(u32),
    Cache { level: u8, ways: u8, line: u16, size: u32, kind: u32 },
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

/// `0-3,8`.
fn list(text: &str) -> Processors {
    let part = |part: &str| -> Option<std::ops::RangeInclusive<usize>> {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
    };
    text.split(',').filter_map(part).flatten().collect()
}

/// The processors that are running.
pub(crate) fn online() -> Processors {
    let known = read("/sys/devices/system/cpu/online").map(|text| list(&text)).filter(|all| !all.is_empty());
    known.unwrap_or_else(|| (0..super::machine::processors() as usize).collect())
}

/// Those of the first group, as bits.
pub(crate) fn online_mask() -> usize {
    mask(&online(), 0)
}

fn mask(processors: &[usize], group: usize) -> usize {
    processors.iter().filter(|&&n| n / 64 == group).fold(0, |mask, n| mask | 1 << (n % 64))
}

/// The groups that these are in, with their masks.
pub(crate) fn groups(processors: &[usize]) -> Vec<GroupAffinity> {
    let numbers: BTreeSet<usize> = processors.iter().map(|n| n / 64).collect();
    let affinity = |group| GroupAffinity { mask: mask(processors, group), group: group as u16, reserved: [0; 3] };
    numbers.into_iter().map(affinity).collect()
}

/// Everything that is shared, each once, in the order of Windows: cores, nodes, caches, packages.
fn shared() -> Vec<Shared> {
    let all = online();
    let mut found = BTreeSet::new();
    for &n in &all {
        let cpu = format!("/sys/devices/system/cpu/cpu{n}");
        for (relation, names) in
            [(CORE, ["core_cpus_list", "thread_siblings_list"]), (PACKAGE, ["package_cpus_list", "core_siblings_list"])]
        {
            let text = names.iter().find_map(|name| read(&format!("{cpu}/topology/{name}")));
            let alone = if relation == CORE { vec![n] } else { all.clone() };
            let processors = text.map(|text| list(&text)).filter(|list| list.contains(&n)).unwrap_or(alone);
            found.insert(Shared { relation, processors, what: What::Nothing });
        }
        found.extend((0..16).map_while(|index| cache(&format!("{cpu}/cache/index{index}"), n)));
    }
    let nodes: Vec<Shared> = nodes().into_iter().map(|(n, processors)| node(n, processors)).collect();
    found.extend(if nodes.is_empty() { vec![node(0, all)] } else { nodes });
    found.into_iter().collect()
}

/// Each running processor, with the first one of its core and the first one of those that share its largest cache.
pub(crate) fn places() -> Vec<(usize, usize, usize)> {
    let shared = shared();
    let place = |n: usize| {
        let of = |relation| shared.iter().filter(move |one| one.relation == relation && one.processors.contains(&n));
        let core = of(CORE).find_map(|one| one.processors.first()).copied().unwrap_or(n);
        let largest = of(CACHE).max_by_key(|one| one.processors.len());
        (n, core, largest.and_then(|one| one.processors.first()).copied().unwrap_or(core))
    };
    online().into_iter().map(place).collect()
}

fn node(number: u32, processors: Processors) -> Shared {
    Shared { relation: NODE, processors, what: What::Node(number) }
}

/// The nodes of memory that have processors.
pub(crate) fn nodes() -> Vec<(u32, Processors)> {
    let entries = std::fs::read_dir("/sys/devices/system/node").into_iter().flatten().flatten();
    let mut nodes: Vec<_> = entries
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.strip_prefix("node")?.parse().ok()?;
            let processors = list(&read(entry.path().join("cpulist").to_str()?)?);
            (!processors.is_empty()).then_some((number, processors))
        })
        .collect();
    nodes.sort();
    nodes
}

fn cache(path: &str, processor: usize) -> Option<Shared> {
    let number = |name: &str| read(&format!("{path}/{name}"));
    let level = number("level")?.parse().ok()?;
    let kind = match number("type")?.as_str() {
        "Instruction" => 1,
        "Data" => 2,
        _ => 0,
    };
    let kibibytes: u32 = number("size")?.trim_end_matches('K').parse().ok()?;
    let plain = |name| number(name).and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    let shared = number("shared_cpu_list").map(|text| list(&text)).filter(|list| list.contains(&processor));
    let ways = plain("ways_of_associativity").min(0xFF) as u8;
    let line = plain("coherency_line_size") as u16;
    let what = What::Cache { level, ways, line, size: kibibytes.saturating_mul(1024), kind };
    Some(Shared { relation: CACHE, processors: shared.unwrap_or_else(|| vec![processor]), what })
}

/// SYSTEM_LOGICAL_PROCESSOR_INFORMATION, 32 bytes, of one thing, as far as the first group goes.
fn short(shared: &Shared) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&mask(&shared.processors, 0).to_le_bytes());
    bytes[8..12].copy_from_slice(&shared.relation.to_le_bytes());
    match shared.what {
        What::Nothing if shared.relation == CORE => bytes[16] = u8::from(shared.processors.len() > 1) * SMT,
        What::Nothing => {}
        What::Node(number) => bytes[16..20].copy_from_slice(&number.to_le_bytes()),
        What::Cache { .. } => bytes[16..28].copy_from_slice(&descriptor(&shared.what)),
    }
    bytes
}

/// Level, ways, line, size and kind of a cache.
fn descriptor(what: &What) -> [u8; 12] {
    let mut bytes = [0; 12];
    if let &What::Cache { level, ways, line, size, kind } = what {
        (bytes[0], bytes[1]) = (level, ways);
        bytes[2..4].copy_from_slice(&line.to_le_bytes());
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        bytes[8..12].copy_from_slice(&kind.to_le_bytes());
    }
    bytes
}

/// SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX of one thing.
fn long(shared: &Shared) -> Vec<u8> {
    let groups = groups(&shared.processors);
    let mut bytes = vec![0; 8];
    match shared.what {
        What::Nothing => {
            let smt = shared.relation == CORE && shared.processors.len() > 1;
            bytes.push(u8::from(smt) * SMT);
            bytes.extend([0; 21]);
        }
        What::Node(number) => {
            bytes.extend(number.to_le_bytes());
            bytes.extend([0; 18]);
        }
        What::Cache { .. } => {
            bytes.extend(descriptor(&shared.what));
            bytes.extend([0; 18]);
        }
    }
    bytes.extend((groups.len() as u16).to_le_bytes());
    for group in &groups {
        bytes.extend(group.mask.to_le_bytes());
        bytes.extend(group.group.to_le_bytes());
        bytes.extend([0; 6]);
    }
    sized(shared.relation, bytes)
}

/// The one entry about groups.
fn of_groups() -> Vec<u8> {
    let groups = groups(&online());
    let count = (groups.len() as u16).to_le_bytes();
    let mut bytes = vec![0; 8];
    bytes.extend([count, count].concat());
    bytes.extend([0; 20]);
    for group in &groups {
        let active = group.mask.count_ones() as u8;
        bytes.extend([active, active]);
        bytes.extend([0; 38]);
        bytes.extend(group.mask.to_le_bytes());
    }
    sized(GROUP, bytes)
}

fn sized(relation: u32, mut bytes: Vec<u8>) -> Vec<u8> {
    let size = bytes.len() as u32;
    bytes[..4].copy_from_slice(&relation.to_le_bytes());
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    bytes
}

/// Puts bytes into a buffer whose size stands beside it: 122 with the size that is needed if it is too small.
///
/// # Safety
/// `size` is NULL or writable, and `to` has as many bytes as it says.
unsafe fn give(bytes: &[u8], to: *mut u8, size: *mut u32) -> Result<(), Win32Error> {
    if size.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let room = unsafe { size.replace(bytes.len() as u32) };
    if (room as usize) < bytes.len() {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    if to.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: there is room for them.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
    Ok(())
}

/// GetLogicalProcessorInformation: cores, nodes, caches and packages; 122 with the size that is needed if there is too little room.
///
/// # Safety
/// `size` is NULL or writable, and `to` has as many bytes as it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetLogicalProcessorInformation(to: *mut u8, size: *mut u32) -> Bool {
    guard_bool(|| {
        let of_first = shared().into_iter().filter(|shared| mask(&shared.processors, 0) != 0);
        let bytes: Vec<u8> = of_first.flat_map(|shared| short(&shared)).collect();
        // SAFETY: the caller's promise.
        unsafe { give(&bytes, to, size) }
    })
}

/// GetLogicalProcessorInformationEx: what one relation, or all, have; 87 for a relation that is none.
///
/// # Safety
/// As for [`ovl_GetLogicalProcessorInformation`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetLogicalProcessorInformationEx(relation: u32, to: *mut u8, size: *mut u32) -> Bool {
    guard_bool(|| {
        let wanted = if relation == NODE_EX { NODE } else { relation };
        if !matches!(wanted, CORE..=GROUP | ALL) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut bytes = Vec::new();
        for shared in shared().iter().filter(|shared| wanted == ALL || shared.relation == wanted) {
            bytes.extend(long(shared));
        }
        if matches!(wanted, GROUP | ALL) {
            bytes.extend(of_groups());
        }
        // SAFETY: the caller's promise.
        unsafe { give(&bytes, to, size) }
    })
}

/// GROUP_AFFINITY, 16 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupAffinity {
    mask: usize,
    group: u16,
    reserved: [u16; 3],
}

/// PROCESSOR_NUMBER.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessorNumber {
    group: u16,
    number: u8,
    reserved: u8,
}

const _: () = assert!(size_of::<GroupAffinity>() == 16 && size_of::<ProcessorNumber>() == 4);

impl GroupAffinity {
    /// Linux's numbers of the processors.
    pub(crate) fn processors(&self) -> impl Iterator<Item = usize> + use<> {
        let (mask, first) = (self.mask, usize::from(self.group) * 64);
        (0..64).filter(move |n| mask >> n & 1 != 0).map(move |n| first + n)
    }
}

impl ProcessorNumber {
    /// Linux's number; `None` for what cannot be one.
    pub(crate) fn linux(&self) -> Option<usize> {
        (self.number < 64 && self.reserved == 0).then(|| usize::from(self.group) * 64 + usize::from(self.number))
    }

    pub(crate) fn of_linux(n: usize) -> Self {
        Self { group: (n / 64) as u16, number: (n % 64) as u8, reserved: 0 }
    }
}

/// GetActiveProcessorGroupCount.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetActiveProcessorGroupCount() -> u16 {
    guard(0, || groups(&online()).len() as u16)
}

/// GetMaximumProcessorGroupCount: groups that could be.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetMaximumProcessorGroupCount() -> u16 {
    ovl_GetActiveProcessorGroupCount()
}

/// GetActiveProcessorCount: of a group, or of all with 0xFFFF; 0/87 for a group that is not there.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetActiveProcessorCount(group: u16) -> u32 {
    guard_or(0, || {
        let all = online();
        let count = all.iter().filter(|&&n| group == ALL_GROUPS || n / 64 == group.into()).count();
        if count == 0 { Err(Win32Error::INVALID_PARAMETER) } else { Ok(count as u32) }
    })
}

/// GetMaximumProcessorCount: as [`ovl_GetActiveProcessorCount`].
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetMaximumProcessorCount(group: u16) -> u32 {
    ovl_GetActiveProcessorCount(group)
}

pub(crate) fn here() -> ProcessorNumber {
    // SAFETY: asks for a number, which is negative if nobody knows.
    let number = unsafe { libc::sched_getcpu() }.max(0) as usize;
    ProcessorNumber { group: (number / 64) as u16, number: (number % 64) as u8, reserved: 0 }
}

/// GetCurrentProcessorNumber: within its group.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetCurrentProcessorNumber() -> u32 {
    here().number.into()
}

/// GetCurrentProcessorNumberEx.
///
/// # Safety
/// `to` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetCurrentProcessorNumberEx(to: *mut ProcessorNumber) {
    // SAFETY: the caller vouches for it; NULL is forgiven.
    unsafe { crate::arguments::store_if_wanted(to, here()) };
}

/// GetThreadGroupAffinity: the first group that the thread may run in, and where there.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetThreadGroupAffinity(object: RawHandle, to: *mut GroupAffinity) -> Bool {
    guard_bool(|| {
        let allowed = crate::threadcontrol::allowed(thread(object)?.0.id())?;
        let first = groups(&allowed).first().copied().ok_or(Win32Error::GEN_FAILURE)?;
        // SAFETY: the caller's promise.
        unsafe { store(to, first) }
    })
}

/// SetThreadGroupAffinity: 87 for no processor, or one that is not there.
///
/// # Safety
/// `from` is NULL or valid, `before` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadGroupAffinity(
    object: RawHandle,
    from: *const GroupAffinity,
    before: *mut GroupAffinity,
) -> Bool {
    guard_bool(|| {
        let id = thread(object)?.0.id();
        // SAFETY: the caller's promise.
        let wanted = unsafe { from.as_ref() }.ok_or(Win32Error::NOACCESS)?;
        if wanted.mask == 0 || wanted.mask & !mask(&online(), wanted.group.into()) != 0 || wanted.reserved != [0; 3] {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let former = groups(&crate::threadcontrol::allowed(id)?).first().copied();
        let processors: Processors =
            (0..64).filter(|n| wanted.mask >> n & 1 != 0).map(|n| usize::from(wanted.group) * 64 + n).collect();
        crate::threadcontrol::allow(id, &processors)?;
        if let Some(former) = former {
            // SAFETY: the caller's promise.
            unsafe { crate::arguments::store_if_wanted(before, former) };
        }
        Ok(())
    })
}

/// GetProcessGroupAffinity: the groups that the process may run in; FALSE/122 with their number if there is too little room.
///
/// # Safety
/// `count` is NULL or writable, and `to` has room for so many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessGroupAffinity(object: RawHandle, count: *mut u16, to: *mut u16) -> Bool {
    guard_bool(|| {
        let process = crate::processes::visible(object)?;
        let groups = groups(&crate::threadcontrol::of_process(process.id())?);
        if count.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        let room = unsafe { count.replace(groups.len() as u16) };
        if usize::from(room) < groups.len() || to.is_null() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        for (n, group) in groups.iter().enumerate() {
            // SAFETY: there is room for so many.
            unsafe { to.add(n).write(group.group) };
        }
        Ok(())
    })
}

/// SetThreadIdealProcessorEx: no more than a check, as Linux finds the processor; `before` is where the caller runs.
///
/// # Safety
/// `ideal` is NULL or valid, `before` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadIdealProcessorEx(
    object: RawHandle,
    ideal: *const ProcessorNumber,
    before: *mut ProcessorNumber,
) -> Bool {
    guard_bool(|| {
        thread(object)?;
        // SAFETY: the caller's promise.
        let ideal = unsafe { ideal.as_ref() }.ok_or(Win32Error::NOACCESS)?;
        if !online().contains(&(usize::from(ideal.group) * 64 + usize::from(ideal.number))) || ideal.reserved != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        unsafe { crate::arguments::store_if_wanted(before, here()) };
        Ok(())
    })
}

/// GetNumaHighestNodeNumber.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumaHighestNodeNumber(to: *mut u32) -> Bool {
    let highest = || nodes().last().map_or(0, |(number, _)| *number);
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { store(to, highest()) })
}

/// GetNumaNodeProcessorMask: those of the first group; none for a node that is not there.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumaNodeProcessorMask(node: u8, to: *mut u64) -> Bool {
    guard_bool(|| {
        let nodes = nodes();
        let found = nodes.iter().find(|(number, _)| *number == node.into()).map(|(_, processors)| mask(processors, 0));
        let only = || if nodes.is_empty() && node == 0 { Some(online_mask()) } else { None };
        let found = found.or_else(only).ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: the caller's promise.
        unsafe { store(to, found as u64) }
    })
}

/// IsProcessorFeaturePresent: FALSE for features that have no number here.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsProcessorFeaturePresent(feature: u32) -> Bool {
    #[cfg(target_arch = "x86_64")]
    let present = match feature {
        // Every machine of this kind: compare and exchange of 8 bytes, MMX, SSE, time stamps, PAE, SSE2, NX, quick failure.
        2 | 3 | 6 | 8 | 9 | 10 | 12 | 23 => true,
        13 => std::arch::is_x86_feature_detected!("sse3"),
        14 => std::arch::is_x86_feature_detected!("cmpxchg16b"),
        17 => std::arch::is_x86_feature_detected!("xsave"),
        28 => std::arch::is_x86_feature_detected!("rdrand"),
        36 => std::arch::is_x86_feature_detected!("ssse3"),
        37 => std::arch::is_x86_feature_detected!("sse4.1"),
        38 => std::arch::is_x86_feature_detected!("sse4.2"),
        39 => std::arch::is_x86_feature_detected!("avx"),
        40 => std::arch::is_x86_feature_detected!("avx2"),
        41 => std::arch::is_x86_feature_detected!("avx512f"),
        _ => false,
    };
    #[cfg(target_arch = "aarch64")]
    let present = match feature {
        // Every machine of this kind: compare and exchange of 8 bytes, NX, quick failure, vectors, the instructions of version 8.
        2 | 12 | 18 | 19 | 23 | 29 => true,
        30 => std::arch::is_aarch64_feature_detected!("aes"),
        31 => std::arch::is_aarch64_feature_detected!("crc"),
        34 => std::arch::is_aarch64_feature_detected!("lse"),
        43 => std::arch::is_aarch64_feature_detected!("dotprod"),
        _ => false,
    };
    if present { TRUE } else { FALSE }
}

/// FlushProcessWriteBuffers: every processor that runs a thread of this process has passed a memory barrier.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FlushProcessWriteBuffers() {
    const REGISTER: libc::c_int = 1 << 4;
    const PRIVATE_EXPEDITED: libc::c_int = 1 << 3;
    const GLOBAL: libc::c_int = 1;
    static REGISTERED: std::sync::Once = std::sync::Once::new();
    // SAFETY: a call without memory of ours.
    let membarrier = |command: libc::c_int| unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) };
    REGISTERED.call_once(|| _ = membarrier(REGISTER));
    if membarrier(PRIVATE_EXPEDITED) != 0 {
        membarrier(GLOBAL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;

    #[test]
    fn lists_of_processors_are_read() {
        assert_eq!(list("0-2,8,10-11"), [0, 1, 2, 8, 10, 11]);
        assert_eq!(list(""), []);
        let groups = groups(&[0, 5, 64, 127]);
        assert_eq!(groups.iter().map(|g| (g.group, g.mask)).collect::<Vec<_>>(), [(0, 0x21), (1, 1 << 63 | 1)]);
    }

    #[test]
    fn each_processor_is_in_one_core_and_one_package() {
        let (all, shared) = (online(), shared());
        for relation in [CORE, PACKAGE] {
            let mut members: Processors =
                shared.iter().filter(|s| s.relation == relation).flat_map(|s| s.processors.clone()).collect();
            members.sort_unstable();
            members.retain(|n| all.contains(n));
            assert_eq!(members, all, "{relation}");
        }
        assert!(shared.iter().any(|s| s.relation == NODE));
    }

    #[test]
    fn entries_have_the_sizes_of_windows() {
        for (relation, size) in [(CORE, 48), (NODE, 48), (PACKAGE, 48), (CACHE, 56)] {
            let what = match relation {
                NODE => What::Node(0),
                CACHE => What::Cache { level: 1, ways: 8, line: 64, size: 32768, kind: 2 },
                _ => What::Nothing,
            };
            let bytes = long(&Shared { relation, processors: vec![0, 1], what });
            assert_eq!((bytes.len(), bytes[4]), (size, size as u8), "{relation}");
        }
        assert_eq!(of_groups().len(), 32 + 48 * groups(&online()).len());
    }

    #[test]
    fn too_little_room_says_how_much_there_must_be() {
        let mut size = 1;
        // SAFETY: NULL, with room for one byte that is not used.
        assert_eq!(unsafe { ovl_GetLogicalProcessorInformation(std::ptr::null_mut(), &mut size) }, FALSE);
        assert_eq!((last_error(), size % 32), (122, 0));
        let mut bytes = vec![0u8; size as usize];
        // SAFETY: so much room.
        assert_eq!(unsafe { ovl_GetLogicalProcessorInformation(bytes.as_mut_ptr(), &mut size) }, TRUE);
        // SAFETY: as above.
        let none = unsafe { ovl_GetLogicalProcessorInformationEx(5, bytes.as_mut_ptr(), &mut size) };
        assert_eq!((none, last_error()), (FALSE, 87));
    }

    #[test]
    fn the_caller_runs_on_a_processor_that_is_there() {
        assert!(online().contains(&(ovl_GetCurrentProcessorNumber() as usize)) || online().len() > 64);
        assert_eq!(ovl_GetActiveProcessorCount(ALL_GROUPS) as usize, online().len());
        assert_eq!((ovl_GetActiveProcessorCount(9999), last_error()), (0, 87));
        ovl_FlushProcessWriteBuffers();
    }
}
