import ts from 'typescript';
import { descendants } from './descendants';
import { tokensOfSql } from './sql-tokens';
import { parse, tokensOfNode, tokensOfPart, type Token } from './tokens';

/** Offsets in a source text: of the first character, and after the last one. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Every place in an SQL file with the same tokens. */
export const findInSql = (text: string, find: string): Range[] => sequences(tokensOfSql(text), find);

/**
 * Every part with the same tokens in the functions, methods and constants of this name. What is no
 * TypeScript, or occurs as no node, is searched in the SQL of their template literals.
 */
export function findInTypeScript(text: string, within: string, find: string): Range[] {
  const file = parse(text);
  return findInNodes(file, namedNodes(file, within), find);
}

/** The same in and below these nodes of a file. */
export function findInNodes(file: ts.SourceFile, containers: readonly ts.Node[], find: string): Range[] {
  const part = tokensOfPart(find) ?? [];
  const nodes = containers.flatMap((container) => descendants(container)).filter(startsWith(part[0], file));
  const isPart = (tokens: readonly Token[]) => tokens.map((token) => token.text).join('\n') === part.join('\n');
  const ranges = nodes
    .map((node) => tokensOfNode(node, file))
    .filter(isPart)
    .map(rangeOf);
  if (ranges.length > 0) return distinct(ranges);
  return distinct(sqlOf(file, containers).flatMap((tokens) => sequences(tokens, find)));
}

/** The tokens of each template literal in these nodes. */
export const sqlOf = (file: ts.SourceFile, containers: readonly ts.Node[]): Token[][] =>
  containers
    .flatMap(descendants)
    .filter((node) => ts.isTemplateLiteral(node))
    .map((literal) => tokensOfSql(literal.getText(file), literal.getStart(file)));

/** A node has thousands of tokens: those of most nodes need not be read. */
const startsWith =
  (token: string | undefined, file: ts.SourceFile) =>
  (node: ts.Node): boolean =>
    token !== undefined && file.text.startsWith(token, node.getStart(file));

function sequences(tokens: readonly Token[], find: string): Range[] {
  const expected = tokensOfSql(find).map(({ text }) => text);
  return tokens.flatMap((_, n) => {
    const candidate = tokens.slice(n, n + expected.length);
    const isEqual = candidate.length > 0 && expected.every((text, m) => candidate[m]?.text === text);
    return isEqual ? [rangeOf(candidate)] : [];
  });
}

export const rangeOf = (tokens: readonly Token[]): Range => ({ start: tokens[0]!.start, end: tokens.at(-1)!.end });

const distinct = (ranges: readonly Range[]): Range[] => [
  ...new Map(ranges.map((range) => [`${range.start}-${range.end}`, range])).values(),
];

export const namedNodes = (file: ts.SourceFile, name: string): ts.Node[] =>
  descendants(file).filter((node) => nameOf(node) === name);

/** The name that `within` has for a node; undefined where it has none. */
export function nameOf(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return node.name?.text;
  if (ts.isVariableDeclaration(node)) return ts.isIdentifier(node.name) ? node.name.text : undefined;
  if (!ts.isClassElement(node) || !ts.isClassDeclaration(node.parent)) return undefined;
  const member = ts.isConstructorDeclaration(node) ? 'constructor' : node.name?.getText();
  return `${node.parent.name?.text ?? ''}.${member ?? ''}`;
}
