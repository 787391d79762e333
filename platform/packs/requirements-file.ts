import { normalize } from 'node:path';

/** A `requirements.txt`, by kind of line. */
export interface RequirementsFile {
  /** Every line that is not one of the two options below, nor done anyway, without comments. */
  readonly lines: readonly string[];
  /** `--find-links`: directory of wheels, relative to the root of the pack; null: none. */
  readonly wheelDirectory: string | null;
  /** `--no-index`: the directory is the only source. */
  readonly noIndex: boolean;
}

const NO_INDEX = '--no-index';
/**
 * What tools write and what holds without it: the public index, unless the platform names another,
 * and wheels only.
 */
const DONE_ANYWAY = /^(?:(?:-i|--index-url)[ =]https:\/\/pypi\.org\/simple\/?|--only-binary[ =]:all:|--prefer-binary)$/;
const FIND_LINKS = /^--find-links(?:\s+|=)([A-Za-z0-9._/-]+)$/;

/** Splits a `requirements.txt` into requirements and the options of a pack with its own wheels. */
export function parseRequirementsFile(text: string): RequirementsFile {
  const all = requirementLines(text);
  const directories = all.map(wheelDirectoryOf);
  return {
    lines: all.filter((line, index) => line !== NO_INDEX && directories[index] === null && !DONE_ANYWAY.test(line)),
    wheelDirectory: directories.find((directory) => directory !== null) ?? null,
    noIndex: all.includes(NO_INDEX),
  };
}

/** A backslash at the end continues a line, unless a comment has it. Runs of blanks become one. */
function requirementLines(text: string): string[] {
  const joined: string[] = [];
  let isContinued = false;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const content = line.replace(/(^|\s)#.*$/, '');
    const part = content.replace(/\\$/, ' ');
    if (isContinued) joined.push(joined.pop()! + part);
    else joined.push(part);
    isContinued = content.endsWith('\\');
  }
  return joined.map((line) => line.replace(/\s+/g, ' ').trim()).filter((line) => line !== '');
}

/** Null for another line, and for a path that leaves the pack. */
function wheelDirectoryOf(line: string): string | null {
  const [, path] = FIND_LINKS.exec(line) ?? [];
  if (path === undefined || path.startsWith('/')) return null;
  const directory = normalize(path).replace(/\/$/, '');
  return directory === '.' || directory.split('/').includes('..') ? null : directory;
}
