import { FaultError, type Fault } from '../fault';
import { findInSql, findInTypeScript } from './find-part';
import { syntaxErrors } from './tokens';

/**
 * The text of the fault's file with the fault. Throws FaultError if the part occurs not exactly
 * once, or the result is no TypeScript.
 */
export function applyFault({ id, file, within = '', find, replace }: Fault, text: string): string {
  const isSql = file.endsWith('.sql');
  const ranges = isSql ? findInSql(text, find) : findInTypeScript(text, within, find);
  const [range] = ranges;
  if (range === undefined || ranges.length > 1) {
    throw new FaultError(
      `${id} no longer applies: platform/${file}${within && `, ${within}`}: found ${ranges.length} times instead of once: ${find}`,
    );
  }
  const changed = `${text.slice(0, range.start)}${replace}${text.slice(range.end)}`;
  const errors = isSql ? [] : syntaxErrors(changed);
  if (errors.length > 0)
    throw new FaultError(`${id}: platform/${file} with the fault is invalid: ${errors.join('; ')}`);
  return changed;
}
