import { errnoCode, messageOf } from '../../helpers/errors';

/**
 * Whether a file of a run was written. A warning on stderr says why not: what the run proved does
 * not depend on it.
 */
export function warnUnlessWritten(file: string, write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (errnoCode(error) === undefined) throw error;
    process.stderr.write(`warning: ${file} was not written: ${messageOf(error)}\n`);
    return false;
  }
}
