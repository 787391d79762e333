const FILES_VARIABLE = 'E2E_FILES';

/**
 * Stores the paths of the run's test files. Jest passes them to the sequencer, which it calls
 * before the global setup; it loads the two apart, so that they share no module.
 */
export function storeSelectedFiles(paths: readonly string[]): void {
  process.env[FILES_VARIABLE] = JSON.stringify(paths);
}

/** The paths of the run's test files; null with another sequencer. */
export function selectedFiles(): string[] | null {
  const text = process.env[FILES_VARIABLE];
  return text === undefined ? null : (JSON.parse(text) as string[]);
}
