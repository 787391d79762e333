export type AnnotationLevel = 'error' | 'warning' | 'notice';

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** A workflow command of GitHub Actions, which shows the text beside the run. */
export const annotation = (level: AnnotationLevel, title: string, text: string): string =>
  `::${level} title=${escapeProperty(title)}::${escapeData(text)}`;

const escapeCell = (text: string): string => text.replace(/[\r\n]+/g, ' ').replace(/[\\|`<]/g, '\\$&');

/** A table in Markdown. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows.map((row) => row.map(escapeCell))]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
