import { from, until, withoutStart, type Report } from './report-lines';

const VERSION = /^Node\.js v\d/;
const CARETS = /^\s*\^+~*\s*$/;
const SOURCE_LOCATION = /:\d+$/;
/** Frames end with a place, or with what has none: `at new Promise (<anonymous>)`. */
const FRAME = /^\s+at .*(?::\d+|<anonymous>|native|index \d+)\)?,?(?: \{)?$|^\s+\.{3} \d+ lines matching /;
const NOT_OF_THE_MESSAGE = /^\(Use `node --trace-uncaught|^Thrown at:$|^Emitted '.+' event (?:on .+ instance )?at:$/;
const CAUSE = /^\s*\[cause\]: (.*?)(?: \{)?$/;
const ERRORS = /^(\s*)\[errors\]: \[$/;
const CLOSED = /^[}\])]+[;,]?$/;
const MAX_CAUSES = 10;
/** An object that a program printed is more than its error beyond this. */
const MAX_OBJECT_LINES = 60;

/** A location, a line of source, carets, the error with its stack and properties, the version. */
export const uncaughtNodeError: Report = (lines) => {
  if (!VERSION.test(lines.at(-1)!)) return null;
  const carets = lines.findLastIndex(
    (line, index) => index >= 2 && CARETS.test(line) && SOURCE_LOCATION.test(lines[index - 2]!),
  );
  if (carets === -1) return null;
  return errorOf(withoutStart(lines.slice(carets + 1, -1)));
};

/**
 * What a program printed last, where that ends with a bracket: an error with properties or a
 * cause, as of `console.error(error)`, or an object or document that says what is wrong.
 */
export const printedObject: Report = (lines) => {
  const last = lines.at(-1)!;
  if (!CLOSED.test(last)) return null;
  const start = lines.findLastIndex((line, index) => index < lines.length - 1 && /^\S/.test(line));
  if (start === -1) return null;
  const isBracket = start > 0 && /^[{[(]+$/.test(lines[start]!); // what it is of is above
  const report = isBracket ? lines.slice(start - 1) : messageStart(lines, start);
  if (report.some((line) => FRAME.test(line))) return errorOf(report);
  return report.length <= MAX_OBJECT_LINES ? report : null;
};

/** The text of an error may have several lines, of which the last ones are before the frames. */
function messageStart(lines: readonly string[], start: number): readonly string[] {
  if (!FRAME.test(lines[start + 1] ?? '') || /\b\w*(?:Error|Exception)\b/.test(lines[start]!))
    return lines.slice(start);
  const named = lines.findLastIndex((line, index) => index < start && /^\S*\b\w*(?:Error|Exception)\b.*:/.test(line));
  return lines.slice(start - named <= MAX_CAUSES && named !== -1 ? named : start);
}

function errorOf(report: readonly string[]): readonly string[] {
  const causes = [...report.flatMap((line) => CAUSE.exec(line)?.slice(1) ?? []), ...errorsIn(report)];
  return [...messageOf(report), ...causes.slice(0, MAX_CAUSES).map((error) => `Caused by: ${error}`)];
}

/** An error without a stack is in brackets: its properties begin in the same line. */
function messageOf(report: readonly string[]): readonly string[] {
  const first = report[0] ?? '';
  if (first.startsWith('[') && /\](?: \{)?$/.test(first)) return [first.replace(/ \{$/, '')];
  return until(report, (line) => FRAME.test(line) || NOT_OF_THE_MESSAGE.test(line));
}

/** First lines of the errors in an error of several. */
function errorsIn(report: readonly string[]): readonly string[] {
  const [opened] = from(report, (line) => ERRORS.test(line));
  if (opened === undefined) return [];
  const [, outer = ''] = ERRORS.exec(opened)!;
  const inside = until(report.slice(report.indexOf(opened) + 1), (line) => line.startsWith(`${outer}]`));
  const indent = `${outer}  `;
  return inside
    .filter((line) => line.startsWith(indent) && /^(?!at )[^\s}\]]/.test(line.slice(indent.length)))
    .map((line) => line.slice(indent.length).replace(/(?: \{|,)$/, ''));
}
