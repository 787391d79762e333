/**
 * Whether a file of a run was written. A warning on stderr says why not: what the run proved does
 * not depend on it.
 */
export function warnUnlessWritten(file: string, write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error; // no error of the system
    process.stderr.write(`warning: ${file} was not written: ${error.message}\n`);
    return false;
  }
}
