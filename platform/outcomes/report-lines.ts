/**
 * What a report of an uncaught error says of the error itself, without source lines, frames of the
 * stack and versions. Null: the lines do not end with a report of this kind.
 */
export type Report = (lines: readonly string[]) => readonly string[] | null;

type Test = (line: string) => boolean;

/** Up to the first line that matches. */
export function until(lines: readonly string[], test: Test): readonly string[] {
  const end = lines.findIndex(test);
  return end === -1 ? lines : lines.slice(0, end);
}

/** From the first line that matches. */
export function from(lines: readonly string[], test: Test): readonly string[] {
  const start = lines.findIndex(test);
  return start === -1 ? [] : lines.slice(start);
}

const isBlank: Test = (line) => line.trim() === '';

export const withoutStart = (lines: readonly string[]) => from(lines, (line) => !isBlank(line));
export const withoutEnd = (lines: readonly string[]) =>
  lines.slice(0, lines.findLastIndex((line) => !isBlank(line)) + 1);
