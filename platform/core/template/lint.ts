import type { Json } from '../../../contract/json';
import { didYouMean } from '../../../contract/text/closest-match';
import { childExpressions, staticMembers, unchain, type Expression, type Link } from './ast';
import { MAX_NESTING_DEPTH } from './budget';
import { isMixedText } from './condition';
import { TemplateFault } from './fault';
import { findFilter } from './filters';
import { assertArity } from './functions/function-definition';
import { findFunction } from './functions/table';
import { parse } from './parse';
import { segments, wholeExpression, withoutRaw } from './segments';
import { TemplateError } from './types';

/**
 * One mistake in an author's text. `path` leads to the text inside the linted value
 * (`.list[0].name`, empty for the value itself); `column` counts the characters of that text from
 * 1.
 */
export interface LintFinding {
  readonly path: string;
  readonly column: number;
  readonly message: string;
}

/** Characters of expressions that are linted: parsing them takes up to 50 ms. */
const MAX_LINTED_CHARACTERS = 50_000;
/** The cost of finding an expression, beside its characters. */
const CHARACTERS_PER_EXPRESSION = 16;

/** Limits how much of one document is linted. */
export class LintBudget {
  private remaining = MAX_LINTED_CHARACTERS;

  /** True if something was not linted. */
  get isExhausted(): boolean {
    return this.remaining < 0;
  }

  /** False when the budget is spent. */
  spend(source: string): boolean {
    if (this.remaining >= 0) this.remaining -= source.length + CHARACTERS_PER_EXPRESSION;
    return this.remaining >= 0;
  }
}

/** The members of a namespace, and what they are called. */
export interface Members {
  readonly kind: string;
  readonly names: ReadonlySet<string>;
}

export interface LintContext {
  /** All texts of a document share one; by default each text has its own. */
  readonly budget?: LintBudget;
  /**
   * Names that resolve, or that the contract lets authors write: namespaces, variables,
   * parameters.
   */
  readonly names: ReadonlySet<string>;
  /** What these names can have; of another one any member may exist. */
  readonly members?: ReadonlyMap<string, Members>;
  /**
   * What is wrong with a path that starts with this name, null for nothing. With it, `names` is
   * not used, and the filter `default` allows no unknown name.
   */
  checkPath?(name: string, members: readonly string[]): string | null;
}

/** Findings per text: more add little, and computing the column of each is slow. */
const MAX_FINDINGS = 20;

/**
 * Keywords that open a block in other template languages. `{%` alone is ordinary text: printf has
 * it.
 */
const BLOCK = /\{%-?\s*(?:include|import|extends|from|set|for|if|macro|block|raw|call|filter)\b/g;

/**
 * The mistakes in the templates of a value: input, publish, with_items. Never throws for a
 * mistake.
 */
export function lint(text: Json, context: LintContext): LintFinding[] {
  return lintValue(text, { budget: new LintBudget(), ...context }, '', 0);
}

/** The mistakes in a `when`, which may be a bare expression. */
export function lintCondition(text: string, context: LintContext): LintFinding[] {
  const isBare = wholeExpression(text) === null && !isMixedText(text);
  return isBare ? lintExpression(text, 0, text, context, '') : lintText(text, context, '');
}

function lintValue(value: Json, context: LintContext, path: string, depth: number): LintFinding[] {
  if (typeof value === 'string') return lintText(value, context, path);
  if (value === null || typeof value !== 'object') return [];
  if (depth >= MAX_NESTING_DEPTH)
    return [{ path, column: 1, message: `syntax error: nested deeper than ${MAX_NESTING_DEPTH} levels` }];
  if (Array.isArray(value)) return value.flatMap((part, at) => lintValue(part, context, `${path}[${at}]`, depth + 1));
  return Object.entries(value).flatMap(([key, part]) => lintValue(part, context, `${path}.${key}`, depth + 1));
}

function lintText(text: string, context: LintContext, path: string): LintFinding[] {
  if (context.budget?.isExhausted === true) return [];
  const found = blockOffsets(text).map((at) => ({
    path,
    column: columnOf(text, at),
    message: 'syntax error: blocks do not exist: only `{{ expression }}`',
  }));
  for (const segment of segments(text)) {
    if (found.length >= MAX_FINDINGS) break;
    if (segment.kind === 'expression') found.push(...lintExpression(segment.text, segment.at, text, context, path));
  }
  return found.slice(0, MAX_FINDINGS);
}

function blockOffsets(text: string): number[] {
  return Array.from(withoutRaw(text).matchAll(BLOCK), ({ index }) => index).slice(0, MAX_FINDINGS);
}

/** The mistakes in one bare expression. */
export const lintSource = (source: string, context: LintContext): LintFinding[] =>
  lintExpression(source, 0, source, context, '');

function lintExpression(
  source: string,
  offset: number,
  whole: string,
  context: LintContext,
  path: string,
): LintFinding[] {
  const finding = (at: number, message: string) => ({ path, column: columnOf(whole, offset + at), message });
  if (context.budget?.spend(source) === false) return [];
  try {
    return findMisuses(parse(source), context)
      .slice(0, MAX_FINDINGS)
      .map(({ at, message }) => finding(at, message));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const column = columnOf(whole, offset) + error.column - 1;
    return [{ path, column, message: `syntax error: ${error.message}` }];
  }
}

interface Misuse {
  readonly at: number;
  readonly message: string;
}

/** Unknown names, and calls that would always fail. A path before `default` may be missing. */
function findMisuses(expression: Expression, context: LintContext): Misuse[] {
  const { start, links } = unchain(expression);
  const found: Misuse[] = [];
  if (start.kind === 'name') found.push(...nameMisuses(start.at, start.name, links, context));
  for (const part of [start, ...links]) {
    found.push(...callMisuses(part), ...childExpressions(part).flatMap((nested) => findMisuses(nested, context)));
  }
  return found;
}

function nameMisuses(at: number, name: string, links: readonly Link[], context: LintContext): Misuse[] {
  if (context.checkPath !== undefined) {
    const message = context.checkPath(name, staticMembers(links));
    return message === null ? [] : [{ at, message }];
  }
  const guard = links.find(({ kind }) => kind !== 'member' && kind !== 'index');
  const isGuarded = guard?.kind === 'filter' && guard.name === 'default';
  if (isGuarded) return [];
  return context.names.has(name) ? memberMisuses(at, links, context.members?.get(name)) : [unknownNameMisuse(at, name)];
}

function memberMisuses(at: number, links: readonly Link[], members: Members | undefined): Misuse[] {
  const [member] = staticMembers(links);
  if (members === undefined || member === undefined || members.names.has(member)) return [];
  return [{ at, message: `there is no ${members.kind} '${member}'${didYouMean(member, members.names)}` }];
}

const unknownNameMisuse = (at: number, name: string): Misuse => ({
  at,
  message: `unknown variable '${name}'. Use 'parameters.${name}' for input parameters, or define it in workflow vars`,
});

function callMisuses(part: Expression): Misuse[] {
  if (part.kind !== 'call' && part.kind !== 'filter') return [];
  const implicitCount = part.kind === 'filter' ? 1 : 0;
  try {
    const definition = part.kind === 'filter' ? findFilter(part.name) : findFunction(part.name);
    assertArity(part.name, definition, part.args.length + implicitCount, implicitCount);
    return [];
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return [{ at: part.at, message: `syntax error: ${error.describe()}` }];
  }
}

const columnOf = (text: string, at: number): number => Array.from(text.slice(0, at)).length + 1;
