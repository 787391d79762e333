import type ts from 'typescript';
import { descendants } from '../source/descendants';
import { namedNodes, rangeOf, sqlOf, type Range } from '../source/find-part';
import { tokensOfSql } from '../source/sql-tokens';
import { parse, tokensOfNode, tokensOfPart, type Token } from '../source/tokens';

/** A part that has tokens of another one in the same order. */
export interface SimilarPart {
  readonly range: Range;
  /** From 0 to 1: the share of the tokens that both have. */
  readonly score: number;
  /** Both begin and end alike, or it is a node: no token of it can be missing. */
  readonly isWhole: boolean;
}

/** Below it, two parts have little more in common than the language. */
const LEAST_SCORE = 0.6;
/** Two parts whose scores differ by less are equally similar. */
const MARGIN = 0.1;
/** Shorter parts are similar to everything. */
const LEAST_TOKENS = 3;

/** The parts of an SQL file that are most similar. */
export const similarInSql = (text: string, find: string): SimilarPart[] =>
  mostSimilar(windows(tokensOfSql(text), find));

/** Those of the functions, methods and constants of this name. */
export function similarInTypeScript(text: string, within: string, find: string): SimilarPart[] {
  const file = parse(text);
  const containers = namedNodes(file, within);
  const sql = sqlOf(file, containers).flatMap((tokens) => windows(tokens, find));
  return mostSimilar([...nodesLike(file, containers, find), ...sql]);
}

function nodesLike(file: ts.SourceFile, containers: readonly ts.Node[], find: string): SimilarPart[] {
  const part = tokensOfPart(find) ?? [];
  return containers
    .flatMap((container) => descendants(container).slice(1))
    .map((node) => tokensOfNode(node, file))
    .filter((tokens) => tokens.length > 0 && isAboutAsLong(tokens.length, part.length))
    .map((tokens) => ({ range: rangeOf(tokens), score: likeness(tokens, part), isWhole: true }));
}

/** Every sequence of tokens that is about as long. */
function windows(tokens: readonly Token[], find: string): SimilarPart[] {
  const part = tokensOfSql(find).map(({ text }) => text);
  return tokens.flatMap((_, first) =>
    Array.from({ length: 2 * part.length }, (_, n) => tokens.slice(first, first + n + 1))
      .filter((window, n) => window.length === n + 1 && isAboutAsLong(window.length, part.length))
      .map((window) => ({
        range: rangeOf(window),
        score: likeness(window, part),
        isWhole: window[0]!.text === part[0] && window.at(-1)!.text === part.at(-1),
      })),
  );
}

/** Whether two numbers of tokens allow the least score. */
const isAboutAsLong = (length: number, expected: number): boolean =>
  expected >= LEAST_TOKENS && Math.min(length, expected) / Math.max(length, expected) >= LEAST_SCORE;

function likeness(tokens: readonly Token[], part: readonly string[]): number {
  let before = new Array<number>(part.length + 1).fill(0);
  for (const { text } of tokens) {
    const row = [0];
    part.forEach((token, n) => row.push(token === text ? before[n]! + 1 : Math.max(before[n + 1]!, row[n]!)));
    before = row;
  }
  return before.at(-1)! / Math.max(tokens.length, part.length);
}

/** The best one, and those elsewhere that are about as good. */
function mostSimilar(parts: readonly SimilarPart[]): SimilarPart[] {
  const chosen: SimilarPart[] = [];
  for (const part of [...parts].sort(byLikeness)) {
    const least = Math.max(LEAST_SCORE, (chosen[0]?.score ?? 0) - MARGIN);
    if (part.score >= least && !chosen.some((other) => overlaps(other.range, part.range))) chosen.push(part);
  }
  return chosen;
}

const byLikeness = (left: SimilarPart, right: SimilarPart): number =>
  right.score - left.score ||
  Number(right.isWhole) - Number(left.isWhole) ||
  left.range.end - left.range.start - (right.range.end - right.range.start);

const overlaps = (left: Range, right: Range): boolean => left.start < right.end && right.start < left.end;
