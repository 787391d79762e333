export type AnnotationLevel = 'error' | 'warning' | 'notice';

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Where an annotation is shown. `line`, `col`: from 1. */
export interface AnnotationPlace {
  readonly title: string;
  /** Path in the repository. */
  readonly file?: string;
  readonly line?: number;
  readonly col?: number;
}

/** A workflow command of GitHub Actions, which shows the text beside the run, or at the line. */
export function annotation(level: AnnotationLevel, { title, file, line, col }: AnnotationPlace, text: string): string {
  const properties = Object.entries({ file, line, col, title }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
  );
  return `::${level} ${properties.join(',')}::${escapeData(text)}`;
}

const escapeCell = (text: string): string => text.replace(/[\r\n]+/g, ' ').replace(/[\\|`<]/g, '\\$&');

/** A table in Markdown. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows.map((row) => row.map(escapeCell))]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
