//! `xiangtu completions`: a script with which a shell completes our commands.

use std::io::Write;

use super::{Done, Exit};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub(super) fn run(arguments: &Arguments, mut command: clap::Command, out: &mut dyn Write) -> Done {
    // Into memory first: the generator panics where its output cannot be written.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "xiangtu", &mut script);
    out.write_all(&script)?;
    Ok(Exit::Found)
}
