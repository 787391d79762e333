import type { RuntimeEntry, RuntimeManifest } from '../../contract/runtime-manifest';

export const TABLE_FILE = 'docs/workers.md';

const HEAD = '| runtime | kind | other names | files | versions |';
const TABLE = /\| runtime \| kind \|[^]*?(?=\n\n)/;
const NAME = /^\| `([^`]+)`/;

const codes = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

const row = ({ name, kind, aliases, extensions, versions }: RuntimeEntry): string =>
  ['', `\`${name}\``, kind, codes(aliases), codes(extensions), versions.join(', '), ''].join(' | ').trim();

/** The page with its table of runtimes as the manifest has them. */
export const withRuntimeTable = (page: string, { runtimes }: RuntimeManifest): string =>
  page.replace(TABLE, () => [HEAD, '| --- | --- | --- | --- | --- |', ...runtimes.map(row)].join('\n'));

/** The names in the table of a page. */
export const namesInTable = (page: string): string[] =>
  (TABLE.exec(page)?.[0] ?? '').split('\n').flatMap((line) => NAME.exec(line)?.[1] ?? []);
