import { uncaughtNodeError, printedObject } from './node-report';
import { from, until, withoutEnd, type Report } from './report-lines';

/** A report is sought in so many characters at the end: 1,024 frames of Java have room. */
const MAX_REPORT_LENGTH = 262_144;
const MAX_CAUSES = 10;
/** Colors and other sequences of a terminal. */
const TERMINAL_SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

/**
 * The error that ended a program, from what its runtime wrote at the end: its message, and the
 * errors that caused it where the runtime names them. The line breaks at the end stay. Null: the
 * text does not end with a report of a known runtime.
 */
export function uncaughtError(text: string): string | null {
  const end = plainText(text.slice(-MAX_REPORT_LENGTH));
  const trimmed = end.trimEnd();
  const lines = trimmed.split('\n');
  for (const report of REPORTS) {
    const found = report(lines);
    if (found !== null) return withoutEnd(found).join('\n') + end.slice(trimmed.length);
  }
  return null;
}

/** Without colors, and with line breaks of one kind. */
export const plainText = (text: string): string => text.replace(TERMINAL_SEQUENCE, '').replaceAll('\r\n', '\n');

const TRACEBACK = 'Traceback (most recent call last):';
/** Of more lines, most are of a log that follows an error which a program handled. */
const MAX_MESSAGE_LINES = 20;
const GROUP_TRACEBACK = /^\s*\+ Exception Group Traceback \(most recent call last\):$/;
const GROUP_END = /^\s*\+-+$/;
const GROUP_LINE = /^\s+\| (\S.*)$/;

/** Frames are indented, messages are not. The last error of a chain ended the program. */
function pythonReport(lines: readonly string[]): readonly string[] | null {
  if (GROUP_END.test(lines.at(-1)!)) return pythonGroupReport(lines);
  const start = lines.lastIndexOf(TRACEBACK);
  if (start === -1) return null;
  const message = from(lines.slice(start + 1), (line) => /^\S/.test(line));
  if (message.length > MAX_MESSAGE_LINES) return [message[0]!, '…', message.at(-1)!];
  return message.length > 0 ? message : null;
}

/** The group, and each error in it. */
function pythonGroupReport(lines: readonly string[]): readonly string[] | null {
  const start = lines.findLastIndex((line) => GROUP_TRACEBACK.test(line) && !line.includes('|'));
  if (start === -1) return null;
  const errors = lines.slice(start + 1).flatMap((line) => GROUP_LINE.exec(line)?.slice(1) ?? []);
  return errors.filter((line) => line !== TRACEBACK);
}

const RUBY_FRAME = /^\tfrom .+:\d+:in |^\t \.\.\. \d+ levels\.\.\.$/;
const RUBY_ERROR = /^\S.*:\d+:in .+/;
/** Of an error without frames: its class ends the first line of its text. */
const RUBY_ERROR_AT_TOP = /^\S.*:\d+:in .+ \([A-Z][\w:]*\)$/;

/** The error with the place where it was raised, and frames; the error that caused it follows. */
function rubyReport(lines: readonly string[]): readonly string[] | null {
  const errors: (readonly string[])[] = [];
  let end = lines.length;
  while (errors.length <= MAX_CAUSES && end > 0 && RUBY_FRAME.test(lines[end - 1]!)) {
    const message = lines.findLastIndex((line, index) => index < end && !RUBY_FRAME.test(line)) + 1;
    const start = lines.findLastIndex((line, index) => index < message && RUBY_ERROR.test(line) && !/^\t/.test(line));
    if (start === -1) break;
    errors.unshift(lines.slice(start, message));
    end = start;
  }
  const [first, ...causes] = errors;
  if (first === undefined) return rubyErrorAtTop(lines);
  return [...first, ...causes.map(([line]) => causedBy(line!))];
}

/** Few lines, so that it is no error that was printed long before the end. */
function rubyErrorAtTop(lines: readonly string[]): readonly string[] | null {
  const start = lines.findLastIndex((line) => RUBY_ERROR_AT_TOP.test(line));
  return start === -1 || lines.length - start > MAX_CAUSES ? null : lines.slice(start);
}

const JAVA_FRAME = /^\s+(?:at |\.\.\. \d+ (?:more|common frames)|Suppressed: |Caused by: )/;
const JAVA_UNCAUGHT = /^Exception in thread "/;
const JAVA_CAUSE = /^Caused by: /;

/** The error, frames, and errors that caused it with their frames. */
function javaReport(lines: readonly string[]): readonly string[] | null {
  if (!isOfJavaStack(lines.at(-1)!)) return null;
  const uncaught = lines.findLastIndex((line) => JAVA_UNCAUGHT.test(line));
  const start = uncaught === -1 ? firstOfStack(lines) : uncaught;
  if (start === -1) return null;
  const report = lines.slice(start);
  return [...until(report, isOfJavaStack), ...report.filter((line) => JAVA_CAUSE.test(line)).slice(0, MAX_CAUSES)];
}

/** The line above the frames at the end, and those of the errors that caused it. */
const firstOfStack = (lines: readonly string[]): number => lines.findLastIndex((line) => !isOfJavaStack(line));

const isOfJavaStack = (line: string): boolean => JAVA_FRAME.test(line) || JAVA_CAUSE.test(line);

const JAVA_UNCOMPILED = /^(?:\d+ errors?|error: compilation failed)$/;
const JAVA_MISTAKE = /^\S.*\.java:\d+: error: /;

/** Each mistake has its place, and lines of source. */
function javaCompilerReport(lines: readonly string[]): readonly string[] | null {
  if (!JAVA_UNCOMPILED.test(lines.at(-1)!)) return null;
  const mistakes = lines.filter((line) => JAVA_MISTAKE.test(line));
  return mistakes.length === 0 ? null : mistakes.slice(0, MAX_CAUSES);
}

const GO_PANIC = /^(?:panic|fatal error): /;
const GO_GOROUTINE = /^goroutine \d+ .*\[.+\]:$/;
/** A place, a register, or the end of the program that `go run` started. */
const GO_END = /^\t\S|^exit status \d+$|^\w+ +0x[0-9a-f]+$|^created by |^goroutine |^\.\.\./;

/** The panic, those that it followed, and the signal, a blank line, and the stacks. */
function goReport(lines: readonly string[]): readonly string[] | null {
  if (!GO_END.test(lines.at(-1)!)) return null;
  const goroutine = lines.findIndex((line) => GO_GOROUTINE.test(line));
  const panic = lines.findIndex((line, index) => index < goroutine && GO_PANIC.test(line));
  return panic === -1 ? null : until(lines.slice(panic), (line) => line === '');
}

const RUST_PANIC = /^thread '.*' (?:\(\d+\) )?panicked at /;
const RUST_END = /^note: |^stack backtrace:$/;

/** The place, the message, and how to get more. */
function rustReport(lines: readonly string[]): readonly string[] | null {
  const panic = lines.findLastIndex((line) => RUST_PANIC.test(line));
  const isDone = from(lines.slice(Math.max(0, panic)), (line) => RUST_END.test(line));
  if (panic === -1 || isDone.length === 0 || !isDone.every((line) => /^\s|^note: |^stack backtrace:/.test(line)))
    return null;
  return until(lines.slice(panic), (line) => RUST_END.test(line));
}

const PERL_ABORTED =
  /^(?:BEGIN failed--compilation aborted|Compilation failed in require|Execution of .+ aborted due to|.+ had (?:compilation|too many) errors)/;
const PERL_CALL = /^\t.+ called at .+ line \d+\.?$/;

/** The error, and that nothing ran, or the calls that led to it. */
function perlReport(lines: readonly string[]): readonly string[] | null {
  const isEnd = (line: string) => PERL_ABORTED.test(line) || PERL_CALL.test(line);
  if (!isEnd(lines.at(-1)!)) return null;
  return lines.filter((line) => !isEnd(line)).slice(-1);
}

/** A message, a line of source, and the place in it: errors of syntax in Ruby and others. */
const sourceReport: Report = (lines) => (CARETS.test(lines.at(-1)!) ? lines.slice(-3) : null);
const CARETS = /^\s*\^+~*\s*$/;

/**
 * What runtimes and the library of C say before they end the program by a signal: a heap that is
 * full, an assertion, an error that nothing caught.
 */
const ABORTED =
  /^(?:FATAL ERROR: |Fatal Python error: |fatal runtime error: |panic: |fatal error: |terminate called |thread '.*' .*has overflowed its stack|\*\*\* .+ detected \*\*\*|(?:free|malloc|realloc|corrupted|double free)\b.*(?:\(\)|corruption)|.+: Assertion .+ failed\.$)/;

/** Why a runtime ended its program by a signal; null where it did not say so. */
export function abortReason(text: string): string | null {
  const lines = plainText(text.slice(-MAX_REPORT_LENGTH)).split('\n');
  const at = lines.findLastIndex((line) => ABORTED.test(line));
  if (at === -1) return null;
  const what = /^ +what\(\): +/.exec(lines[at + 1] ?? '');
  return what === null ? lines[at]! : `${lines[at]}: ${lines[at + 1]!.slice(what[0].length)}`;
}

const REPORTS: readonly Report[] = [
  ...[uncaughtNodeError, pythonReport, rubyReport, javaReport, javaCompilerReport, goReport, rustReport, perlReport],
  ...[sourceReport, printedObject],
];

const causedBy = (error: string): string => `Caused by: ${error}`;
