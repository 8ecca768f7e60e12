//! The table of diagnostic codes. A code is never reused; its number says the
//! stage: 01 files, 02 syntax, 03 elaboration, 04 control and liveness,
//! 05 plan, 06 instrumentation, 07 configuration, 08 verification, 09 images.

/// A code with its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code {
    /// `E0101`.
    pub id: &'static str,
    /// Short title.
    pub title: &'static str,
}

macro_rules! codes {
    ($($name:ident = $id:literal, $title:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: Code = Code { id: $id, title: $title };
        )*
        /// All codes.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    FILE_UNREADABLE = "E0101", "a file cannot be read";
    FILE_NOT_TEXT = "E0102", "a file is not UTF-8 text";
    FILE_EMPTY = "E0103", "a file holds no module";
    OUTPUT_UNWRITABLE = "E0104", "the output directory cannot be written";
    OUTPUT_EXISTS = "E0105", "the output directory holds other files";
    SYNTAX = "E0201", "a syntax error";
    UNSUPPORTED = "E0202", "a construct that is not taken yet";
    PREPROCESSOR = "E0203", "a preprocessor error";
    STRICT_SYNTAX = "E0204", "the strict second reader rejects the text";
    UNKNOWN_MODULE = "E0301", "an instance of an unknown module";
    SEVERAL_TOPS = "E0302", "several modules could be the top";
    NO_TOP = "E0303", "no module can be the top";
    UNKNOWN_NAME = "E0304", "a name that is not declared";
    NOT_CONSTANT = "E0305", "an expression that must be constant is not";
    COMBINATIONAL_LOOP = "E0306", "a combinational loop";
    LATCH = "E0307", "a latch";
    SEVERAL_CLOCKS = "E0308", "more than one clock";
    SEVERAL_DRIVERS = "E0309", "a net with more than one driver";
    BAD_RESET = "E0310", "an asynchronous reset of a form that is not taken";
    BAD_TYPE = "E0311", "a type error";
    BAD_CONNECTION = "E0312", "a port or parameter connection that does not fit";
    TOO_LARGE = "E0313", "a limit is exceeded";
    DUPLICATE_NAME = "E0314", "a name is declared twice";
    RECURSION = "E0315", "an instantiation or call that does not end";
    UNDRIVEN = "E0316", "a net that nothing drives";
    CLOCK_LOGIC = "E0317", "a clock that passes logic";
    RACE = "E0318", "a race between clocked processes";
    TOOL_MACRO = "E0319", "a text that is another design for some tools";
    NO_STATE = "E0401", "a design without registers";
    INFEASIBLE = "E0501", "no plan meets the bound";
    UNKNOWN_STATE = "E0502", "a forced or forbidden state does not exist";
    REWRITE = "E0503", "a write to a non-volatile memory that cannot be run again";
    INDEX = "E0504", "more checkpoints than a word of the NVM can number";
    CANNOT_EDIT = "E0601", "text that cannot be edited in place";
    NAME_TAKEN = "E0602", "a name that idetic adds is already used";
    INITIAL_VALUE = "E0603", "state that relies on an initial value";
    BLACK_BOX = "E0604", "a black box whose state is not accounted for";
    CLOCK_DOMAIN = "E0605", "a clock that cannot be instrumented alone";
    KEPT_MEMORY = "E0606", "a non-volatile memory of a form that is not taken";
    CONFIG = "E0701", "an error in idetic.toml";
    CLOCK_NOT_FOUND = "E0702", "the configured clock or reset is not found";
    TOOL_MISSING = "E0801", "an external tool is missing";
    TESTBENCH = "E0802", "the testbench fails on the original design";
    TESTBENCH_ENDLESS = "E0803", "the testbench does not end";
    RECORDING = "E0804", "the recording cannot be replayed";
    MISMATCH = "E0805", "the instrumented design diverges";
    REFUTED = "E0806", "a proof found a counterexample";
    UNPROVED = "E0807", "a proof did not end in time";
    LITTLE_SHOWN = "E0808", "a testbench that shows little or nothing";
    UNSTABLE_INPUT = "E0809", "an input that is declared stable changes";
    IMAGE = "E0901", "an image map or NVM dump that cannot be read";
    IMAGE_VALUES = "E0902", "values that make no image";
}
