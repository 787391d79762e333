import ts from 'typescript';
import { fileOfPath, type Fault } from '../fault';
import { findInNodes, findInSql, nameOf, type Range } from '../source/find-part';
import { descendants } from '../source/descendants';
import { parse } from '../source/tokens';

/** A part of a source that a fault can name. */
export interface Place extends Pick<Fault, 'file' | 'within' | 'find'> {
  /** From 1. */
  readonly line: number;
}

/** The places in a file with the tokens of `find`, each with `within` where that is around it. */
export function placesIn(path: string, text: string, { within, find }: Fault): Place[] {
  if (path.endsWith('.sql')) return findInSql(text, find).map((range) => placeAt({ path, text }, range));
  const source = parse(text);
  return findInNodes(source, [source], find).flatMap((range) => {
    const names = namesAround(source, range);
    const name = within !== undefined && names.includes(within) ? within : names[0];
    return name === undefined ? [] : [placeAt({ path, text }, range, name)];
  });
}

/** A part of a file, in a function of this name. */
export const placeAt = (source: { path: string; text: string }, range: Range, within?: string): Place => ({
  file: fileOfPath(source.path),
  ...(within !== undefined && { within }),
  find: source.text.slice(range.start, range.end),
  line: source.text.slice(0, range.start).split('\n').length,
});

/** Of the functions, methods and constants around a part: first the functions from the inside. */
function namesAround(source: ts.SourceFile, { start, end }: Range): string[] {
  const around = descendants(source)
    .filter((node) => node.getStart(source) <= start && node.end >= end && nameOf(node) !== undefined)
    .reverse();
  return [...around.filter((node) => !isLocal(node)), ...around.filter(isLocal)].map((node) => nameOf(node)!);
}

/** A variable inside a function. */
const isLocal = (node: ts.Node): boolean =>
  ts.isVariableDeclaration(node) && !ts.isSourceFile(node.parent.parent.parent);
