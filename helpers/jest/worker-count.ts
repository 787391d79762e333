/** Test files that run at the same time, unless `--maxWorkers` changes it. */
export const JEST_WORKERS = 5;
