import { runsConfined } from '../confined';
import { FaultError, pathOfFile, type Fault } from '../fault';
import { findInSql, findInTypeScript, type Range } from './find-part';
import { markPlace } from './mark-place';
import { syntaxErrors } from './tokens';

/**
 * The text of the fault's file with the fault. Throws FaultError if the part occurs not exactly
 * once, or the result is no TypeScript.
 */
export const applyFault = (fault: Fault, text: string): string => changeOf(fault, text).changed;

/** The same, and once more with a note of each time at which the changed code runs. */
export function applyMarkedFault(fault: Fault, text: string, note: string): MarkedText {
  const { changed, range } = changeOf(fault, text);
  const marked = isSql(fault) || runsConfined(pathOfFile(fault.file)) ? null : markPlace(changed, range, note);
  return { changed, marked: marked === null || syntaxErrors(marked).length > 0 ? null : marked };
}

interface MarkedText {
  readonly changed: string;
  /** Null where that is not possible: in SQL files, outside functions, in confined programs. */
  readonly marked: string | null;
}

interface FaultyText {
  readonly changed: string;
  /** Of the replacement. */
  readonly range: Range;
}

const isSql = ({ file }: Fault): boolean => file.endsWith('.sql');

function changeOf(fault: Fault, text: string): FaultyText {
  const { id, file, within = '', find, replace } = fault;
  const ranges = isSql(fault) ? findInSql(text, find) : findInTypeScript(text, within, find);
  const [range] = ranges;
  if (range === undefined || ranges.length > 1) {
    throw new FaultError(
      `${id} no longer applies: platform/${file}${within && `, ${within}`}: found ${ranges.length} times instead of once: ${find}`,
    );
  }
  const changed = `${text.slice(0, range.start)}${replace}${text.slice(range.end)}`;
  const errors = isSql(fault) ? [] : syntaxErrors(changed);
  if (errors.length > 0)
    throw new FaultError(`${id}: platform/${file} with the fault is invalid: ${errors.join('; ')}`);
  return { changed, range: { start: range.start, end: range.start + replace.length } };
}
