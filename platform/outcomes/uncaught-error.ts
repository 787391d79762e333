/**
 * What a report of an uncaught error says of the error itself, without source lines, frames of the
 * stack and versions. Null: the lines do not end with a report of this kind.
 */
type Report = (lines: readonly string[]) => readonly string[] | null;

/** A report is sought in so many characters at the end: 1,024 frames of Java have room. */
const MAX_REPORT_LENGTH = 262_144;
const MAX_CAUSES = 10;

/**
 * The error that ended a program, from what its runtime wrote at the end: its message, and the
 * errors that caused it where the runtime names them. The line breaks at the end stay. Null: the
 * text does not end with a report of a known runtime.
 */
export function uncaughtError(text: string): string | null {
  const end = text.slice(-MAX_REPORT_LENGTH);
  const trimmed = end.trimEnd();
  const lines = trimmed.split('\n');
  for (const report of REPORTS) {
    const found = report(lines);
    if (found !== null) return withoutEnd(found).join('\n') + end.slice(trimmed.length);
  }
  return null;
}

const NODE_VERSION = /^Node\.js v\d/;
const CARETS = /^\s*\^+~*\s*$/;
const SOURCE_LOCATION = /:\d+$/;
const NODE_FRAME = /^\s+at |^\(Use `node --trace-uncaught/;
const NODE_CAUSE = /^\s*\[cause\]: (.*?)(?: \{)?$/;

/** A location, a line of source, carets, the error with its stack and properties, the version. */
function nodeReport(lines: readonly string[]): readonly string[] | null {
  if (!NODE_VERSION.test(lines.at(-1)!)) return null;
  const carets = lines.findLastIndex(
    (line, index) => index >= 2 && CARETS.test(line) && SOURCE_LOCATION.test(lines[index - 2]!),
  );
  if (carets === -1) return null;
  const report = withoutStart(lines.slice(carets + 1, -1));
  const causes = report.flatMap((line) => NODE_CAUSE.exec(line)?.slice(1) ?? []);
  return [...nodeMessage(report), ...causes.slice(0, MAX_CAUSES).map(causedBy)];
}

/** An error without a stack is in brackets: its properties begin in the same line. */
function nodeMessage(report: readonly string[]): readonly string[] {
  const first = report[0] ?? '';
  if (first.startsWith('[') && /\](?: \{)?$/.test(first)) return [first.replace(/ \{$/, '')];
  return until(report, (line) => NODE_FRAME.test(line));
}

const TRACEBACK = 'Traceback (most recent call last):';
const GROUP_TRACEBACK = /^\s*\+ Exception Group Traceback \(most recent call last\):$/;
const GROUP_END = /^\s*\+-+$/;
const GROUP_LINE = /^\s+\| (\S.*)$/;

/** Frames are indented, messages are not. The last error of a chain ended the program. */
function pythonReport(lines: readonly string[]): readonly string[] | null {
  if (GROUP_END.test(lines.at(-1)!)) return pythonGroupReport(lines);
  const start = lines.lastIndexOf(TRACEBACK);
  if (start === -1) return null;
  const message = from(lines.slice(start + 1), (line) => /^\S/.test(line));
  return message.length > 0 ? message : null;
}

/** The group, and each error in it. */
function pythonGroupReport(lines: readonly string[]): readonly string[] | null {
  const start = lines.findLastIndex((line) => GROUP_TRACEBACK.test(line) && !line.includes('|'));
  if (start === -1) return null;
  const errors = lines.slice(start + 1).flatMap((line) => GROUP_LINE.exec(line)?.slice(1) ?? []);
  return errors.filter((line) => line !== TRACEBACK);
}

const RUBY_FRAME = /^\tfrom .+:\d+:in /;
const RUBY_ERROR = /^\S.*:\d+:in .+/;

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
  return first === undefined ? null : [...first, ...causes.map(([line]) => causedBy(line!))];
}

const JAVA_FRAME = /^\s+(?:at |\.\.\. \d+ (?:more|common frames))/;
const JAVA_UNCAUGHT = /^Exception in thread "/;
const JAVA_CAUSE = /^Caused by: /;

/** The error, frames, and errors that caused it with their frames. */
function javaReport(lines: readonly string[]): readonly string[] | null {
  if (!JAVA_FRAME.test(lines.at(-1)!)) return null;
  const uncaught = lines.findLastIndex((line) => JAVA_UNCAUGHT.test(line));
  const start = uncaught === -1 ? firstOfStack(lines) : uncaught;
  if (start === -1) return null;
  const report = lines.slice(start);
  return [
    ...until(report, (line) => JAVA_FRAME.test(line)),
    ...report.filter((line) => JAVA_CAUSE.test(line)).slice(0, MAX_CAUSES),
  ];
}

/** The line above the frames at the end, and those of the errors that caused it. */
const firstOfStack = (lines: readonly string[]): number =>
  lines.findLastIndex((line) => !JAVA_FRAME.test(line) && !JAVA_CAUSE.test(line));

const GO_PANIC = /^(?:panic|fatal error): /;
const GO_GOROUTINE = /^goroutine \d+ .*\[.+\]:$/;

/** The panic, those that it followed, and the signal, a blank line, and the stacks. */
function goReport(lines: readonly string[]): readonly string[] | null {
  const goroutine = lines.findIndex((line) => GO_GOROUTINE.test(line));
  const panic = lines.findIndex((line, index) => index < goroutine && GO_PANIC.test(line));
  return panic === -1 ? null : until(lines.slice(panic), (line) => line === '');
}

const RUST_PANIC = /^thread '.*' (?:\(\d+\) )?panicked at /;
const RUST_END = /^note: |^stack backtrace:$/;

/** The place, the message, and how to get more. */
function rustReport(lines: readonly string[]): readonly string[] | null {
  const panic = lines.findLastIndex((line) => RUST_PANIC.test(line));
  if (panic === -1 || !lines.slice(panic).some((line) => RUST_END.test(line))) return null;
  return until(lines.slice(panic), (line) => RUST_END.test(line));
}

const PERL_ABORTED = /^(?:BEGIN failed--compilation aborted|Execution of .+ aborted due to|.+ had compilation errors)/;
const PERL_CALL = /^\t.+ called at .+ line \d+\.?$/;

/** The error, and that nothing ran, or the calls that led to it. */
function perlReport(lines: readonly string[]): readonly string[] | null {
  const isEnd = (line: string) => PERL_ABORTED.test(line) || PERL_CALL.test(line);
  if (!isEnd(lines.at(-1)!)) return null;
  return lines.filter((line) => !isEnd(line)).slice(-1);
}

/** A message, a line of source, and the place in it: errors of syntax in Ruby and others. */
const sourceReport: Report = (lines) => (CARETS.test(lines.at(-1)!) ? lines.slice(-3) : null);

const REPORTS: readonly Report[] = [
  ...[nodeReport, pythonReport, rubyReport, javaReport, goReport, rustReport, perlReport, sourceReport],
];

const causedBy = (error: string): string => `Caused by: ${error}`;

type Test = (line: string) => boolean;

/** Up to the first line that matches. */
function until(lines: readonly string[], test: Test): readonly string[] {
  const end = lines.findIndex(test);
  return end === -1 ? lines : lines.slice(0, end);
}

/** From the first line that matches. */
function from(lines: readonly string[], test: Test): readonly string[] {
  const start = lines.findIndex(test);
  return start === -1 ? [] : lines.slice(start);
}

const isBlank: Test = (line) => line.trim() === '';

const withoutStart = (lines: readonly string[]) => from(lines, (line) => !isBlank(line));
const withoutEnd = (lines: readonly string[]) => lines.slice(0, lines.findLastIndex((line) => !isBlank(line)) + 1);
