import ts from 'typescript';

export interface Token {
  readonly text: string;
  /** Offset of the first character. */
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
}

const CLOSING = new Set([')', ']', '}']);

/** A comma before a closing bracket is formatting. */
const withoutTrailingCommas = (tokens: readonly Token[]): Token[] =>
  tokens.filter(({ text }, n) => text !== ',' || !CLOSING.has(tokens[n + 1]?.text ?? ''));

function leaves(node: ts.Node, file: ts.SourceFile): Token[] {
  if (ts.isJSDoc(node)) return [];
  const children = node.getChildren(file);
  if (children.length > 0) return children.flatMap((child) => leaves(child, file));
  const text = node.getText(file);
  return text === '' ? [] : [{ text, start: node.getStart(file), end: node.end }];
}

export const tokensOfNode = (node: ts.Node, file: ts.SourceFile): Token[] => withoutTrailingCommas(leaves(node, file));

/** What may surround a part of a source text to make it a program of its own. */
const WRAPPERS = [
  ['async () => {', '}'],
  ['async () => (', ')'],
  ['({', '})'],
] as const;

/** The tokens of a statement, an expression or a member of an object; null if it is none. */
export function tokensOfPart(part: string): string[] | null {
  for (const [before, after] of WRAPPERS) {
    const program = `${before}\n${part}\n${after}`;
    if (syntaxErrors(program).length > 0) continue;
    const file = parse(program);
    const inside = leaves(file, file).filter(
      ({ start, end }) => start > before.length && end <= program.length - after.length - 1,
    );
    return withoutTrailingCommas(inside).map(({ text }) => text);
  }
  return null;
}

/** A parsed text with its syntax errors, which TypeScript's declarations leave out. */
interface ParsedFile extends ts.SourceFile {
  readonly parseDiagnostics: readonly ts.Diagnostic[];
}

/** The texts that were parsed last: one fault asks for the same text several times. */
const parsed = new Map<string, ParsedFile>();
const KEPT_FILES = 8;

export function parse(text: string): ParsedFile {
  const file =
    parsed.get(text) ??
    (ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS) as ParsedFile);
  parsed.delete(text);
  parsed.set(text, file);
  if (parsed.size > KEPT_FILES) parsed.delete(parsed.keys().next().value!);
  return file;
}

/** The messages about a text that is not TypeScript. Types are not checked. */
export const syntaxErrors = (text: string): string[] =>
  parse(text).parseDiagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
