#!/usr/bin/env bash
# Records programs in their real runtimes, imports what was recorded, and holds a run of it against the recording.
# Needs: the `threadbare` command (or THREADBARE=path), python3 (3.9 or later), and javac and java (17 or later) unless
# JAVA=no is set, and cargo unless RUST=no is set. futurist and Eventlet are checked if python3 has them.
# A busy machine keeps threads waiting for a processor, which no scenario knows of: WITHIN=10% allows for that, and
# `chrt -f 10 check.sh`, as root, puts what is recorded before everything else.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
threadbare=${THREADBARE:-threadbare}
within=${WITHIN:-2%}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONPATH="$here/../python"

agrees() { # what, recording: the imported scenario runs as was measured
  "$threadbare" backtest "$2" --within "$within" >"$work/told" 2>&1 || { cat "$work/told"; echo "$1: differs"; exit 1; }
  echo "$1: agrees within $within"
}

deadlocks() { # what, recording: the imported scenario deadlocks, as the recorded process did
  "$threadbare" import "$2" -o "$work/dead.toml" 2>/dev/null
  if "$threadbare" run "$work/dead.toml" >"$work/told"; then cat "$work/told"; echo "$1: no deadlock"; exit 1; fi
  grep -qi "deadlock" "$work/told" || { cat "$work/told"; echo "$1: not told as a deadlock"; exit 1; }
  echo "$1: deadlocks, as it did"
}

record() { python3 -m threadbare_recorder -o "$work/$1.jsonl" "$here/$2.py" "${@:3}"; }

record four builds 4
agrees "Python: four builds on five workers" "$work/four.jsonl"
record dead builds 5
deadlocks "Python: five builds on five workers" "$work/dead.jsonl"
record two two_pools
agrees "Python: builds with a pool of their own for the network" "$work/two.jsonl"
record gathered gathered
"$threadbare" import "$work/gathered.jsonl" 2>/dev/null | grep -q "wait child_1 child_2 child_3 child_4"
echo "Python: asyncio and to_thread: waits are read"
python3 -m threadbare_recorder -o "$work/warned.jsonl" --self-wait warn "$here/builds.py" 2 2>"$work/warned"
grep -q "builds.py:[0-9]*: .build. runs on .default. and waits for .net." "$work/warned" || { cat "$work/warned"; exit 1; }
echo "Python: a wait in one's own executor is reported with its line"
python3 -m threadbare_recorder -o "$work/ordered.jsonl" --locks "$here/locks.py" ordered
agrees "Python: locks in one order, and a semaphore" "$work/ordered.jsonl"
python3 -m threadbare_recorder -o "$work/crossed.jsonl" --locks "$here/locks.py" crossed
deadlocks "Python: two locks in both orders" "$work/crossed.jsonl"
if python3 -W ignore -c "import futurist, eventlet" 2>/dev/null; then
  export PYTHONWARNINGS=ignore # Eventlet says at each start that it is old
  for class in ThreadPoolExecutor DynamicThreadPoolExecutor GreenThreadPoolExecutor; do
    record "$class" futurist_builds "$class" 4
    agrees "Python: four builds on five workers of futurist's $class" "$work/$class.jsonl"
  done
  python3 "$here/green.py" "$work/green.jsonl" 4
  agrees "Python: builds in a green pool of Eventlet" "$work/green.jsonl"
else
  echo "Python: futurist and Eventlet are not installed, and not checked"
fi
echo "Python: $(python3 "$here/overhead.py" "$work/overhead.jsonl")"

if [ "${JAVA:-yes}" = yes ]; then
  javac -d "$work" "$here/../java/ThreadbareRecorder.java" "$here/Builds.java" "$here/Overhead.java"
  java -cp "$work" Builds "$work/java_four.jsonl" 4
  agrees "Java: four builds on five workers" "$work/java_four.jsonl"
  java -cp "$work" Builds "$work/java_dead.jsonl" 5
  deadlocks "Java: five builds on five workers" "$work/java_dead.jsonl"
  echo "Java: $(java -cp "$work" Overhead "$work/overhead.jsonl")"
fi

if [ "${RUST:-yes}" = yes ]; then
  CARGO_TARGET_DIR="$work/target" cargo build --release --quiet --locked --manifest-path "$here/rust/Cargo.toml"
  rust="$work/target/release/recorder-check"
  "$rust" "$work/rust_four.jsonl" 4 blocking
  agrees "Rust: four builds on five blocking threads" "$work/rust_four.jsonl"
  "$rust" "$work/rust_tasks.jsonl" 6 tasks
  agrees "Rust: asynchronous builds with blocking children" "$work/rust_tasks.jsonl"
  "$rust" "$work/rust_dead.jsonl" 5 blocking
  deadlocks "Rust: five builds on five blocking threads" "$work/rust_dead.jsonl"
  echo "Rust: $("$rust" "$work/overhead.jsonl" 100000 overhead)"
fi
