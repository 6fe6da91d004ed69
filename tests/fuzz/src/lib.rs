//! The fuzz targets, from the files of the test binary that they share with its tests.
//!
//! One program a target, because libFuzzer keeps one corpus a program; all they do is name their target.

#[path = "../../it/files.rs"]
pub mod files;
#[path = "../../it/fuzzed.rs"]
pub mod fuzzed;
#[path = "../../it/sound.rs"]
pub mod sound;

/// The target of this name.
pub fn target(name: &str) -> fuzzed::Target {
    let found = fuzzed::TARGETS.iter().find(|(known, _)| *known == name);
    found.expect("each program has the name of a target").1
}

/// Makes libFuzzer's hook forget panics that the program itself catches, as it does around the parsers of other projects.
/// One that is not caught still ends the run, with its message.
pub fn allow_caught_panics() {
    drop(std::panic::take_hook());
}
