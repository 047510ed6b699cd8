//! Classes of windows: RegisterClass and its relatives.

use super::found;
use crate::arguments::{pair, store};
use crate::libloaderapi::ovl_GetModuleHandleW;
use crate::support::{Bool, guard_bool, guard_or};
use crate::text::{Unit, units};
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::{Arc, LazyLock};

const CANNOT_FIND_CLASS: Win32Error = Win32Error(1407);
const CLASS_ALREADY_EXISTS: Win32Error = Win32Error(1410);
const CLASS_DOES_NOT_EXIST: Win32Error = Win32Error(1411);
const CLASS_HAS_WINDOWS: Win32Error = Win32Error(1412);
const CS_GLOBALCLASS: u32 = 0x4000;
/// Atoms, and numbers of registered messages, are from here on.
const FIRST_ATOM: u16 = 0xC000;

/// WNDCLASSEX. Pointers to text are kept as they are.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ClassEx {
    size: u32,
    pub(crate) style: u32,
    pub(crate) procedure: isize,
    class_extra: i32,
    pub(crate) window_extra: i32,
    pub(crate) instance: usize,
    icon: usize,
    cursor: usize,
    brush: usize,
    menu: usize,
    name: usize,
    small_icon: usize,
}

/// WNDCLASS.
#[repr(C)]
pub struct ClassOld {
    style: u32,
    procedure: isize,
    class_extra: i32,
    window_extra: i32,
    instance: usize,
    icon: usize,
    cursor: usize,
    brush: usize,
    menu: usize,
    name: usize,
}

const _: () = assert!(size_of::<ClassEx>() == 80 && size_of::<ClassOld>() == 72);

/// A registered class.
pub(crate) struct Class {
    pub(crate) name: OsString,
    pub(crate) atom: u16,
    pub(crate) wide: bool,
    pub(crate) told: ClassEx,
}

impl Class {
    fn is_global(&self) -> bool {
        self.told.style & CS_GLOBALCLASS != 0
    }
}

static CLASSES: Mutex<Vec<Arc<Class>>> = Mutex::new(Vec::new());
/// The numbers of names of classes and messages, without regard to case; they stay.
static ATOMS: LazyLock<Mutex<HashMap<String, u16>>> = LazyLock::new(Mutex::default);

fn key(name: &OsString) -> String {
    name.to_string_lossy().to_lowercase()
}

fn atom_of(name: &OsString) -> Result<u16, Win32Error> {
    let mut atoms = ATOMS.lock();
    let next = u16::try_from(atoms.len()).ok().and_then(|count| FIRST_ATOM.checked_add(count));
    if let Some(atom) = atoms.get(&key(name)) {
        return Ok(*atom);
    }
    let atom = next.ok_or(Win32Error::NOT_ENOUGH_MEMORY)?;
    atoms.insert(key(name), atom);
    Ok(atom)
}

/// How a class is named: by its atom in the place of a pointer, or by text.
pub(crate) enum Named {
    Atom(u16),
    Text(OsString),
}

impl Named {
    /// # Safety
    /// `name` is an atom, or text that ends with a zero.
    pub(crate) unsafe fn new<C: Unit>(name: *const C) -> Self {
        match u16::try_from(name as usize) {
            Ok(atom) => Self::Atom(atom),
            // SAFETY: the caller's promise.
            Err(_) => Self::Text(C::to_os(unsafe { units(name) })),
        }
    }

    pub(crate) fn means(&self, class: &Class) -> bool {
        match self {
            Self::Atom(atom) => class.atom == *atom,
            Self::Text(name) => key(name) == key(&class.name),
        }
    }

    /// The class of that name which a module sees: its own, or one for all; 1407 if there is none.
    pub(crate) fn class(&self, instance: usize) -> Result<Arc<Class>, Win32Error> {
        let instance = module(instance);
        let classes = CLASSES.lock();
        let own = classes.iter().find(|class| class.told.instance == instance && self.means(class));
        let one = own.or_else(|| classes.iter().find(|class| class.is_global() && self.means(class)));
        one.cloned().ok_or(CANNOT_FIND_CLASS)
    }
}

/// NULL means the program.
fn module(instance: usize) -> usize {
    if instance != 0 {
        return instance;
    }
    // SAFETY: NULL is the program.
    unsafe { ovl_GetModuleHandleW(std::ptr::null()) }
}

/// # Safety
/// The name in it is text that ends with a zero.
unsafe fn register<C: Unit>(mut told: ClassEx) -> Result<u16, Win32Error> {
    if told.name == 0 || told.class_extra < 0 || told.window_extra < 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: the caller's promise.
    let Named::Text(name) = (unsafe { Named::new(told.name as *const C) }) else {
        return Err(Win32Error::INVALID_PARAMETER);
    };
    told.instance = module(told.instance);
    let class = Class { atom: atom_of(&name)?, name, wide: size_of::<C>() == 2, told };
    let mut classes = CLASSES.lock();
    let same = |other: &Arc<Class>| other.atom == class.atom && other.told.instance == class.told.instance;
    if classes.iter().any(same) {
        return Err(CLASS_ALREADY_EXISTS);
    }
    let atom = class.atom;
    classes.push(Arc::new(class));
    Ok(atom)
}

pair! {
    /// RegisterClass: the atom of the class; 1410 if the module has one of that name.
    fn ovl_RegisterClassA ovl_RegisterClassW(class: *const ClassOld) -> u16 {
        guard_or(0, || {
            // SAFETY: the caller's promise.
            let old = unsafe { class.as_ref() }.ok_or(Win32Error::NOACCESS)?;
            let &ClassOld { style, procedure, class_extra, window_extra, instance, icon, cursor, brush, menu, name } = old;
            let size = size_of::<ClassEx>() as u32;
            let told = ClassEx {
                size, style, procedure, class_extra, window_extra, instance, icon, cursor, brush, menu, name, small_icon: 0,
            };
            // SAFETY: the caller's promise.
            unsafe { register::<C>(told) }
        })
    }
}

pair! {
    /// RegisterClassEx: 87 for a wrong size.
    fn ovl_RegisterClassExA ovl_RegisterClassExW(class: *const ClassEx) -> u16 {
        guard_or(0, || {
            // SAFETY: the caller's promise.
            let told = *unsafe { class.as_ref() }.ok_or(Win32Error::NOACCESS)?;
            if told.size as usize != size_of::<ClassEx>() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: the caller's promise.
            unsafe { register::<C>(told) }
        })
    }
}

pair! {
    /// UnregisterClass: 1411 if there is none, 1412 while it has windows.
    fn ovl_UnregisterClassA ovl_UnregisterClassW(name: *const C, instance: usize) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let class = unsafe { Named::new(name) }.class(instance).map_err(|_| CLASS_DOES_NOT_EXIST)?;
            if !found(|window| Arc::ptr_eq(&window.class, &class)).is_empty() {
                return Err(CLASS_HAS_WINDOWS);
            }
            CLASSES.lock().retain(|other| !Arc::ptr_eq(other, &class));
            Ok(())
        })
    }
}

pair! {
    /// GetClassInfoEx: 1411 if the module sees no such class. The name is the caller's own pointer.
    fn ovl_GetClassInfoExA ovl_GetClassInfoExW(instance: usize, name: *const C, to: *mut ClassEx) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let class = unsafe { Named::new(name) }.class(instance).map_err(|_| CLASS_DOES_NOT_EXIST)?;
            // SAFETY: the caller's promise.
            unsafe { store(to, ClassEx { name: name as usize, ..class.told }) }
        })
    }
}

pair! {
    /// RegisterWindowMessage: the number for that name, the same one each time; 87 without one.
    fn ovl_RegisterWindowMessageA ovl_RegisterWindowMessageW(name: *const C) -> u32 {
        guard_or(0, || {
            // SAFETY: the caller's promise.
            let name = unsafe { crate::arguments::optional_name(name) }.ok_or(Win32Error::INVALID_PARAMETER)?;
            atom_of(&name).map(u32::from)
        })
    }
}
