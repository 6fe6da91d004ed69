//! What the commands that read files have in common: limits, columns of tables, and why a file was set aside.

use std::time::Duration;

use crate::messages::Lang;
use crate::read::{Column, Limits, Options};

/// How files are read.
#[derive(clap::Args)]
pub(super) struct ReadArguments {
    #[arg(long = "column", value_name = "ROLE=NAME", value_parser = column)]
    columns: Vec<(Column, String)>,
    #[arg(long, value_name = "MB", default_value_t = Limits::default().size >> 20,
        value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    max_size: u64,
    #[arg(long, value_name = "N", default_value_t = Limits::default().expansion,
        value_parser = clap::value_parser!(u64).range(1..))]
    max_expansion: u64,
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().time.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    max_time: u64,
    #[arg(long, value_name = "MB", default_value_t = Limits::default().memory >> 20, value_parser = memory)]
    max_memory: u64,
}

fn column(text: &str) -> Result<(Column, String), String> {
    let (role, name) = text.split_once('=').ok_or("expected ROLE=NAME")?;
    Ok((role.parse()?, name.to_owned()))
}

fn memory(text: &str) -> Result<u64, String> {
    memory_of(text, machine_memory())
}

/// A limit of memory in MB; one that was raised above what the machine has would end in the system's stopping the program,
/// and with it all other documents.
fn memory_of(text: &str, machine: Option<u64>) -> Result<u64, String> {
    let limit: u64 = text.parse().map_err(|_| "expected a number of MB")?;
    if limit == 0 || limit > 1 << 20 {
        return Err(format!("expected 1 to {}", 1 << 20));
    }
    match machine.map(|bytes| bytes >> 20) {
        Some(machine) if limit > machine && limit > Limits::default().memory >> 20 => {
            Err(format!("this machine has {machine} MB"))
        }
        _ => Ok(limit),
    }
}

/// Bytes of memory that the machine has, where the system tells.
fn machine_memory() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let info = rustix::system::sysinfo();
        Some(info.totalram as u64 * u64::from(info.mem_unit))
    }
    #[cfg(not(target_os = "linux"))]
    None
}

impl ReadArguments {
    pub(super) fn options(&self) -> Options {
        Options {
            limits: Limits {
                size: self.max_size << 20,
                expansion: self.max_expansion,
                time: Duration::from_secs(self.max_time),
                memory: self.max_memory << 20,
            },
            columns: self.columns.clone(),
        }
    }
}

/// A reason as the store keeps it, in words for people, with the remedy.
pub(super) fn reason_text(reason: &str, lang: Lang) -> String {
    let (name, detail) = reason.split_once(": ").unwrap_or((reason, ""));
    let text = lang.find(&format!("reason.{name}")).unwrap_or(name);
    match (detail, lang) {
        ("", _) => text.to_owned(),
        (detail, Lang::Zh) => format!("{text}（{detail}）"),
        (detail, Lang::En) => format!("{text} ({detail})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Aside, Reason};

    #[test]
    fn limits_of_memory_stay_within_the_machine() {
        let machine = Some(24_000 << 20);
        assert_eq!(memory_of("24000", machine), Ok(24_000));
        assert_eq!(
            memory_of("24001", machine),
            Err("this machine has 24000 MB".to_owned())
        );
        // The usual limit is no mistake of the user's on a small machine.
        let usual = (Limits::default().memory >> 20).to_string();
        assert!(memory_of(&usual, Some(1 << 30)).is_ok());
        assert!(memory_of("1000000", None).is_ok());
        for bad in ["0", "-1", "1048577", "many", ""] {
            assert!(memory_of(bad, None).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_reason_is_told_in_both_languages() {
        for reason in Reason::ALL {
            for lang in [Lang::Zh, Lang::En] {
                assert!(
                    lang.find(&format!("reason.{}", reason.name())).is_some(),
                    "{}",
                    reason.name()
                );
                let told = reason_text(&Aside::new(reason, "42: x").to_string(), lang);
                assert!(
                    told.contains("42: x") && !told.starts_with(&format!("{}: ", reason.name()))
                );
            }
        }
    }
}
