import { ALLOWED_IDENTIFIERS, ALLOWED_PHRASES, DENIED_IN_IDENTIFIERS, DENIED_IN_PROSE } from './denied-words';
import { readSource, type Text } from './typescript-words';

/** One place where a text breaks a rule of the house style, as `file:line: what is wrong: what would be right`. */
export interface WordFinding {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const TITLE_CHARACTERS = 72;
const COMMENT_COLUMNS = 100;

export const formatFinding = ({ file, line, message }: WordFinding): string => `${file}:${line}: ${message}`;

/** Identifiers, comments, literals and test titles of a TypeScript or JavaScript file. */
export function lintTypeScript(file: string, text: string): WordFinding[] {
  const { identifiers, comments, literals, titles } = readSource(text);
  const lines = text.split('\n');
  const at = ({ line }: Text, messages: readonly string[]): WordFinding[] =>
    messages.map((message) => ({ file, line, message }));
  return [
    ...identifiers.flatMap((name) => at(name, deniedParts(name.text))),
    ...comments.flatMap((comment) => at(comment, deniedWords(comment.text))),
    ...comments.flatMap((comment) => at(comment, tooWide(lines[comment.line - 1] ?? ''))),
    ...literals.flatMap((literal) => at(literal, deniedWords(literal.text))),
    ...titles.flatMap((title) => at(title, tooLong(title.text))),
  ];
}

/** Every word of a page. */
export const lintPage = (file: string, text: string): WordFinding[] =>
  text.split('\n').flatMap((line, n) => deniedWords(line).map((message) => ({ file, line: n + 1, message })));

/** The names, literals and comments of SQL statements. */
export const lintSql = (file: string, text: string): WordFinding[] =>
  text.split('\n').flatMap((line, n) => {
    const names = new Set(line.replace(/--.*$|'[^']*'/g, '').match(/\w+/g));
    const messages = [...[...names].flatMap(deniedParts), ...deniedWords(line)];
    return messages.map((message) => ({ file, line: n + 1, message }));
  });

/** The names of a file and its folders. */
export const lintPath = (file: string): WordFinding[] =>
  deniedParts(file).map((message) => ({ file, line: 1, message }));

/** `tellWorker`, `TELL_MS` and `tell_worker` all begin with the part `tell`. */
export const identifierParts = (name: string): string[] =>
  (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((part) => part.toLowerCase());

function deniedParts(name: string): string[] {
  if (ALLOWED_IDENTIFIERS.some(({ pattern }) => pattern.test(name))) return [];
  return identifierParts(name).flatMap((part) =>
    Object.hasOwn(DENIED_IN_IDENTIFIERS, part) ? [`identifier ${name}: write ${DENIED_IN_IDENTIFIERS[part]!}`] : [],
  );
}

function deniedWords(line: string): string[] {
  const plain = ALLOWED_PHRASES.reduce((rest, { pattern }) => rest.replace(pattern, ''), line);
  const words = plain.toLowerCase().match(/[a-z]+(?:['’]s)?/g) ?? [];
  return words.flatMap((word) => {
    const known = word.replace(/['’]s$/, '');
    return Object.hasOwn(DENIED_IN_PROSE, known) ? [`"${word}": write ${DENIED_IN_PROSE[known]!}`] : [];
  });
}

/** A comment beside code shares its line with it, and the formatter keeps that line in bounds. */
const tooWide = (line: string): string[] =>
  /^\s*(\/\/|\/?\*)/.test(line) && line.length >= COMMENT_COLUMNS
    ? [`comment line of ${line.length} columns: stay under ${COMMENT_COLUMNS}`]
    : [];

const tooLong = (title: string): string[] =>
  title.length > TITLE_CHARACTERS ? [`title of ${title.length} characters: at most ${TITLE_CHARACTERS}`] : [];
