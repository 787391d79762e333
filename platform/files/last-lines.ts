/** The last lines of a text, with its line break at the end if it has one. */
export function lastLines(text: string, count: number): string {
  if (count === 0) return '';
  const end = text.endsWith('\n') ? '\n' : '';
  const lines = text.slice(0, text.length - end.length).split('\n');
  return lines.slice(-count).join('\n') + end;
}
