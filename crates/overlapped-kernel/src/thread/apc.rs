//! Asynchronous procedure calls (contract 05 section 1).

/// A function queued to a thread, run by that thread inside an alertable wait.
pub struct Apc {
    run: Box<dyn FnOnce() + Send>,
    source: Option<usize>,
}

impl Apc {
    /// An APC that runs `run`.
    pub fn new(run: impl FnOnce() + Send + 'static) -> Self {
        Self { run: Box::new(run), source: None }
    }

    /// The same of a source that may take it back: a timer that is set again.
    pub(crate) fn of(source: usize, run: impl FnOnce() + Send + 'static) -> Self {
        Self { run: Box::new(run), source: Some(source) }
    }

    pub(crate) fn source(&self) -> Option<usize> {
        self.source
    }

    pub(crate) fn run(self) {
        (self.run)();
    }
}

impl std::fmt::Debug for Apc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Apc")
    }
}
