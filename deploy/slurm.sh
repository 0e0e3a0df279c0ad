#!/bin/sh
#SBATCH --job-name=threadbare-sweep
#SBATCH --array=0-15
#SBATCH --cpus-per-task=4
#SBATCH --time=01:00:00
# Runs a sweep as a job array, a part a task; the parts are files in the folder it is submitted from:
#
#     sbatch deploy/slurm.sh mine.toml --param pool=1..64 --runs 200
#     threadbare merge part-*.csv > sweep.csv        # when all have ended
#
# A task that is requeued goes on where it was: what its file holds is not run again.
set -eu
threadbare sweep "$@" --threads "$SLURM_CPUS_PER_TASK" \
    --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --resume "part-$SLURM_ARRAY_TASK_ID.csv"
