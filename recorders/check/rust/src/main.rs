//! Builds that wait for a network task, with Tokio: `recorder-check FILE BUILDS blocking|tasks|overhead`.
//!
//! `blocking` runs both on the runtime's blocking threads, of which there are five; `tasks` runs builds as asynchronous tasks;
//! `overhead` runs nothing but empty tasks, and prints what an event costs.

#[path = "../../../rust/threadbare_recorder.rs"]
mod threadbare_recorder;

use std::error::Error;
use std::time::Duration;
use threadbare_recorder::Recorder;
use tokio::runtime::{Builder, Handle};
use tokio::task::spawn_blocking;
use tracing::{Instrument, info_span};
use tracing_subscriber::layer::SubscriberExt;

const BLOCKING_THREADS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, builds, mode] = arguments.as_slice() else {
        return Err("FILE BUILDS blocking|tasks|overhead".into());
    };
    let recorder = threadbare_recorder::start(file)?;
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(recorder.layer()))?;
    recorder.threads("blocking", BLOCKING_THREADS);
    recorder.green("runtime");
    let builds: usize = builds.parse()?;
    if mode == "overhead" {
        println!("{} ns an event", nanos_an_event(builds)?);
        return Ok(());
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_time()
        .build()?;
    let all = async {
        let start = |_| match mode.as_str() {
            "blocking" => {
                let (recorder, span) = (recorder.clone(), info_span!("build", pool = "blocking"));
                spawn_blocking(move || span.in_scope(|| blocking_build(&recorder)))
            }
            _ => tokio::spawn(build().instrument(info_span!("build", pool = "runtime"))),
        };
        let started: Vec<_> = (0..builds).map(start).collect();
        for build in started {
            build.await?;
        }
        Ok::<(), tokio::task::JoinError>(())
    };
    let ended = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(4), all).await });
    recorder.flush();
    // Threads that deadlock would keep the runtime from being dropped.
    runtime.shutdown_background();
    if let Ok(result) = ended {
        result?;
    }
    Ok(())
}

fn blocking_build(recorder: &Recorder) {
    std::thread::sleep(Duration::from_millis(300));
    let span = info_span!("net", pool = "blocking");
    let id = span.id();
    let net = spawn_blocking(move || span.in_scope(|| std::thread::sleep(Duration::from_millis(200))));
    let _ = recorder.wait_for(&[id], || Handle::current().block_on(net));
    std::thread::sleep(Duration::from_millis(100));
}

async fn build() {
    tokio::time::sleep(Duration::from_millis(300)).await;
    let span = info_span!("net", pool = "blocking");
    let net = spawn_blocking(move || span.in_scope(|| std::thread::sleep(Duration::from_millis(200))));
    let _ = net.await;
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// The processor time that an event costs: each task is submitted, starts and ends.
fn nanos_an_event(tasks: usize) -> Result<u64, Box<dyn Error>> {
    const EVENTS: u64 = 3;
    let before = processor_nanos()?;
    for _ in 0..tasks {
        info_span!("build", pool = "blocking").in_scope(|| {});
    }
    Ok((processor_nanos()? - before) / (tasks as u64 * EVENTS).max(1))
}

/// The time that the threads of this process were on a processor, as Linux counts it.
fn processor_nanos() -> Result<u64, Box<dyn Error>> {
    let mut nanos = 0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let told = std::fs::read_to_string(task?.path().join("schedstat"))?;
        nanos += told.split(' ').next().unwrap_or_default().parse::<u64>()?;
    }
    Ok(nanos)
}
