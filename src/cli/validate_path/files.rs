//! Which files `validate-path` is given. `--anchor`, `--certificate`, `--crl` and `--ocsp-response` take several files a
//! flag, as they do in `verify`, and TARGET may stand before, between or after them: where nothing else is TARGET, it is the last file
//! of the last flag that was given more than one.
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command, Error, FromArgMatches, value_parser};

/// The files.
#[derive(Debug, Default)]
pub struct Files {
    /// The certificate whose path is validated.
    pub target: PathBuf,
    /// Trust anchors.
    pub anchors: Vec<PathBuf>,
    /// Certificates that may help to build the path.
    pub certificates: Vec<PathBuf>,
    /// Revocation lists.
    pub crls: Vec<PathBuf>,
    /// OCSP responses.
    pub ocsp_responses: Vec<PathBuf>,
}

const TARGET: &str = "target";
const ANCHOR: &str = "anchor";
const CERTIFICATE: &str = "certificate";
const CRL: &str = "crl";
const OCSP_RESPONSE: &str = "ocsp-response";

fn flag(name: &'static str, help: &'static str) -> Arg {
    let files = Arg::new(name).long(name).value_name("FILE").num_args(1..).action(ArgAction::Append);
    files.value_parser(value_parser!(PathBuf)).help(help)
}

impl clap::Args for Files {
    fn augment_args(command: Command) -> Command {
        let target = Arg::new(TARGET).value_name("TARGET").value_parser(value_parser!(PathBuf));
        command
            .arg(target.help("The certificate whose path is validated"))
            .arg(flag(ANCHOR, "Trust anchors").required(true))
            .arg(flag(CERTIFICATE, "Certificates that may help to build the path"))
            .arg(flag(CRL, "Revocation lists; each is verified before it counts"))
            .arg(flag(OCSP_RESPONSE, "OCSP responses, DER, for where lists do not decide; verified before they count"))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Files {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut files = Self::default();
        files.update_from_arg_matches(matches)?;
        Ok(files)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        let of = |name| matches.get_many::<PathBuf>(name).unwrap_or_default().cloned().collect::<Vec<_>>();
        (self.anchors, self.certificates) = (of(ANCHOR), of(CERTIFICATE));
        (self.crls, self.ocsp_responses) = (of(CRL), of(OCSP_RESPONSE));
        self.target = match matches.get_one::<PathBuf>(TARGET) {
            Some(target) => target.clone(),
            None => self.take_last_file(matches)?,
        };
        Ok(())
    }
}

impl Files {
    /// Takes TARGET from among the files of the flags.
    fn take_last_file(&mut self, matches: &ArgMatches) -> Result<PathBuf, Error> {
        let lists = [
            (ANCHOR, &mut self.anchors),
            (CERTIFICATE, &mut self.certificates),
            (CRL, &mut self.crls),
            (OCSP_RESPONSE, &mut self.ocsp_responses),
        ];
        let mut last = None;
        for (name, list) in lists {
            if let Some((index, place)) = end_of_last_many(matches, name)
                && last.as_ref().is_none_or(|(before, _, _)| *before < index)
            {
                last = Some((index, place, list));
            }
        }
        match last {
            Some((_, place, list)) if place < list.len() => Ok(list.remove(place)),
            _ => {
                Err(Error::raw(ErrorKind::MissingRequiredArgument, "TARGET, the certificate to validate, is missing\n"))
            }
        }
    }
}

/// Of the last occurrence of a flag that has more than one file: where its last file stands on the command line, and
/// among the flag's files.
fn end_of_last_many(matches: &ArgMatches, name: &str) -> Option<(usize, usize)> {
    let indices: Vec<usize> = matches.indices_of(name)?.collect();
    let (mut end, mut found) = (0, None);
    for occurrence in matches.get_occurrences::<PathBuf>(name)? {
        let count = occurrence.count();
        end += count;
        if count > 1 {
            found = indices.get(end - 1).map(|index| (*index, end - 1));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        files: Files,
        #[arg(long)]
        json: bool,
        #[arg(long)]
        purpose: Option<String>,
    }

    /// Target, anchors, certificates, lists; one letter a file.
    fn read(line: &str) -> Option<String> {
        let files = Line::try_parse_from(format!("x {line}").split(' ')).ok()?.files;
        let joined = |list: &[PathBuf]| list.iter().map(|path| path.display().to_string()).collect::<String>();
        let lists = [&files.anchors, &files.certificates, &files.crls].map(|list| joined(list)).join("|");
        Some(format!("{}|{lists}", files.target.display()))
    }

    #[test]
    fn target_stands_anywhere() {
        for (line, expected) in [
            ("--anchor a T", "T|a||"),
            ("T --anchor a", "T|a||"),
            ("--anchor a --certificate c --crl r T", "T|a|c|r"),
            ("--anchor a --crl r T --json", "T|a||r"),
            ("--anchor a T --crl r", "T|a||r"),
            ("--anchor a T --json --crl r", "T|a||r"),
            ("--anchor a --crl r --json T", "T|a||r"),
            ("--anchor a --crl r --purpose sign T", "T|a||r"),
            ("--anchor=a --anchor=b --crl=r T", "T|ab||r"),
            ("--anchor a --anchor b --crl r --crl s T", "T|ab||rs"),
            ("T --anchor a b --certificate c d --crl r s", "T|ab|cd|rs"),
            ("--anchor a b --crl r s T", "T|ab||rs"),
            ("--anchor a b --certificate c d --crl r T", "T|ab|cd|r"),
            ("--anchor a b -- T", "T|ab||"),
            ("--json --anchor a b --crl r s -- T", "T|ab||rs"),
            ("--anchor a --crl r --ocsp-response o T", "T|a||r"),
        ] {
            assert_eq!(read(line).as_deref(), Some(expected), "{line}");
        }
        for wrong in ["--anchor a", "T", "--anchor a --crl r", "--anchor a -- T U", "T --crl r"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
