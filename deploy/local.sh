#!/bin/sh
# Runs a sweep in N parts side by side and prints the joined CSV:
#
#     deploy/local.sh 16 mine.toml --param pool=1..64 --runs 200 > sweep.csv
#
# With GNU parallel, PARALLEL='--sshlogin a,b' spreads the parts over machines that have the scenario and
# threadbare in the same places. THREADBARE names the command, PARTS the folder that the parts are left in.
set -eu
shards=$1
shift
THREADBARE=${THREADBARE:-threadbare}
PARTS=${PARTS:-$(mktemp -d)}
export THREADBARE PARTS
mkdir -p "$PARTS"

# The shard is the first argument of each part; what follows is the sweep's own.
part='shard=$1; shift; "$THREADBARE" sweep "$@" --threads 1 --shard "$shard" > "$PARTS/part-${shard%/*}.csv"'
last=$((shards - 1))
if command -v parallel > /dev/null 2>&1; then
    seq 0 "$last" | parallel --quote --env THREADBARE --env PARTS --halt now,fail=1 \
        sh -c "$part" part "{}/$shards" "$@"
else
    seq 0 "$last" | xargs -P "$(nproc 2> /dev/null || echo 2)" -I SHARD \
        sh -c "$part" part "SHARD/$shards" "$@"
fi
set --
for n in $(seq 0 "$last"); do
    set -- "$@" "$PARTS/part-$n.csv"
done
"$THREADBARE" merge "$@"
