//! `threadbare import`: what goes to which stream, and what is refused.

use crate::cli::{file, folder, threadbare, with_input};
use std::fs::File;
use std::io::Write;

const TABLE: &str = "start,duration,type\n0,1,a\n0.5,2,b\n";

#[test]
fn the_scenario_goes_to_standard_output_and_what_was_inferred_to_standard_error() {
    let imported = with_input(&["import", "-"], TABLE);
    assert_eq!(imported.code, 0, "{}", imported.err);
    assert!(imported.out.starts_with("title = \"2 tasks, from standard input\""), "{}", imported.out);
    for words in ["standard input, read as a table (CSV)", "inferred", "assumed", "not known", "say --unit)"]
    {
        assert!(imported.err.contains(words), "{words}\n{}", imported.err);
    }
    let run = with_input(&["run", "-"], &imported.out);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("All 2 tasks finished by 2.5 s"), "{}", run.out);
}

#[test]
fn a_file_is_written_where_asked() {
    let folder = folder("import");
    let table = file(&folder, "tasks.csv", TABLE);
    let scenario = folder.join("real.toml");
    let path = scenario.to_str().expect("UTF-8");
    let imported = threadbare(&["import", &table, "--format", "csv", "--unit", "ms", "-o", path]);
    assert_eq!((imported.code, imported.out.as_str()), (0, ""), "{}", imported.err);
    assert!(threadbare(&["run", path]).out.contains("finished by 2.5 ms"));
    assert_eq!(threadbare(&["check", path]).code, 0);
}

#[test]
fn what_is_wrong_is_shown_as_in_a_scenario() {
    let imported = with_input(&["import", "-"], "start,duration\n0,1\n5,-2\n");
    assert_eq!((imported.code, imported.out.as_str()), (2, ""));
    let expected = "\
error: `duration` is negative: -2
 --> standard input:3:3
  |
3 | 5,-2
  |   ^^
  |
  = help: a task cannot take less than no time
";
    assert_eq!(imported.err, expected);
}

#[test]
fn a_file_that_is_too_long_is_refused_before_it_is_read() {
    let path = folder("import-long").join("long.csv");
    // Sparse: it takes no room on the disk.
    File::create(&path).expect("a file").set_len(1 << 30).expect("a long file");
    let imported = threadbare(&["import", path.to_str().expect("UTF-8")]);
    assert_eq!(imported.code, 2);
    assert!(imported.err.contains("is larger than 256 MiB"), "{}", imported.err);
}

#[test]
fn what_is_no_recording_is_refused() {
    let folder = folder("import-none");
    let name = folder.to_str().expect("UTF-8").to_owned();
    assert!(threadbare(&["import", &name]).err.contains("is a folder"));
    assert!(threadbare(&["import", "nothing.csv"]).err.contains("there is no file nothing.csv"));
    let binary = folder.join("binary");
    std::fs::write(&binary, b"start,duration\n0,\xff\n").expect("a file");
    let imported = threadbare(&["import", binary.to_str().expect("UTF-8")]);
    assert_eq!(imported.code, 2);
    assert!(imported.err.contains("line 2 is not UTF-8"), "{}", imported.err);
    assert_eq!(with_input(&["import", "-"], "").code, 2);
    let packed = folder.join("tasks.csv.gz");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(TABLE.as_bytes()).expect("a vector takes all");
    std::fs::write(&packed, encoder.finish().expect("a vector takes all")).expect("a file");
    assert_eq!(threadbare(&["import", packed.to_str().expect("UTF-8")]).code, 0, "gzip is read as it is");
}

#[test]
fn a_backtest_says_how_far_off_a_scenario_is_and_in_which_direction() {
    let folder = folder("backtest");
    let table = file(&folder, "tasks.csv", "start_s,duration_s,type\n0,1,a\n0.5,2,b\n");
    let same = threadbare(&["backtest", &table]);
    assert_eq!(same.code, 0, "{}{}", same.out, same.err);
    assert!(same.out.contains("The largest error is 0 %"), "{}", same.out);
    let slower = "executors.pool = { kind = \"threads\", workers = 2 }\ntasks.a.steps = [\"run 1s\"]\n\
                  tasks.b.steps = [\"run 3s\"]\n\
                  arrivals = [{ task = \"a\", to = \"pool\", at = \"0s\" }, { task = \"b\", to = \"pool\", at = \"500ms\" }]\n";
    let scenario = file(&folder, "slower.toml", slower);
    let off = threadbare(&["backtest", &table, "--scenario", &scenario]);
    assert_eq!(off.code, 1, "{}{}", off.out, off.err);
    for words in ["+50 %", "The largest source of error is `b`", "takes 1 s longer on average"] {
        assert!(off.out.contains(words), "{words}\n{}", off.out);
    }
    let wide = threadbare(&["backtest", &table, "--scenario", &scenario, "--within", "60%", "--json"]);
    assert_eq!(wide.code, 0, "{}{}", wide.out, wide.err);
    let json: serde_json::Value = serde_json::from_str(&wide.out).expect("JSON");
    assert_eq!(json["largest"]["task"], "b");
    let lacking = slower.replace("tasks.a", "tasks.c").replace("\"a\"", "\"c\"");
    let lacking = file(&folder, "lacking.toml", &lacking);
    let off = threadbare(&["backtest", &table, "--scenario", &lacking, "--within", "60%"]);
    assert_eq!(off.code, 1);
    assert!(off.out.contains("The scenario has no task `a`"), "{}", off.out);
}
