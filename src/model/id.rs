//! Small numbers in place of names. Each is an index into the list of the scenario that it names.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($repr:ty) in $list:literal;)*) => {$(
        $(#[$doc])*
        #[doc = concat!("\n\nAn index into ", $list, ".")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $repr);

        impl $name {
            /// The index as `usize`, to look the thing up.
            #[inline]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A task type: what `[tasks.NAME]` defines.
    TaskTypeId(u16) in "`Scenario::tasks`";
    /// An executor, in document order.
    ExecutorId(u16) in "`Scenario::executors`";
    /// A semaphore or a lock.
    ResourceId(u16) in "`Scenario::resources`";
    /// A shared thing other than a semaphore, a lock or a cell.
    SharedId(u16) in "`Scenario::shared`";
    /// A shared cell.
    CellId(u16) in "`Scenario::cells`";
    /// An entry of `[[arrivals]]`.
    ArrivalId(u16) in "`Scenario::arrivals`";
    /// An instruction of a program.
    Pc(u16) in "`Program::code`";
    /// A child's name within one program.
    NameId(u16) in "`Program::names`";
    /// A place in a program that takes a duration.
    DrawId(u16) in "`Program::draws`";
    /// A `submit` step of a program.
    SubmitId(u16) in "`Program::submits`";
    /// A text or a literal value of a program (`note`, `fail`, `write`).
    LiteralId(u16) in "`Program::literals`";
    /// A task instance, in order of creation over the whole run.
    TaskId(u32) in "the run's tasks";
    /// A worker of one executor; the lowest unused number is given first.
    WorkerId(u32) in "the executor's workers";
}
