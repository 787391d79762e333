import type { Json } from '../../../contract/json';
import { didYouMean } from '../../../contract/text/closest-match';
import { unchain, type Expression, type Leaf, type Link } from './ast';
import { element, elementKey, member } from './access';
import { Budget, MAX_EXPRESSION_BYTES } from './budget';
import { TemplateFault, MissingFault, missingFault } from './fault';
import { findFilter } from './filters';
import { Arguments, assertArity, type FunctionDefinition, type FunctionContext } from './functions/function-definition';
import { findFunction } from './functions/table';
import { applyOperator, negate } from './operators';
import { parse } from './parse';
import { pathText } from './path-text';
import { holdsSecret, memberTaint, type Taint } from '../secrets/taint';
import { errorAt } from './tokenize';
import type { Scope } from './types';
import { isTruthyWithin } from './truthy';
import { measureJson } from './values';

/** Suggestions for an unknown name. */
const NAMESPACES = ['parameters', 'workflow', 'vars', 'variables', 'task', 'tasks', 'config', 'keystore', 'item'];

/**
 * The value of a bare expression (no delimiters), as JSON. Throws TemplateError with any code; a
 * value larger than 1 MiB of compact JSON is TEMPLATE_LIMIT. Whole numbers are JSON numbers: exact
 * up to 2^53, beyond that the nearest double, and `3` and `3.0` are one value.
 */
export function evaluate(expression: string, scope: Scope): Json {
  return evaluateWithin(expression, scope, new Budget()).value;
}

/**
 * A path has the taint of what it leads to; the result of any other operation on a secret is
 * secret, and contains no reference to a key.
 */
export interface TaintedValue {
  readonly value: Json;
  readonly taint: Taint;
}

/** As `evaluate`, within a budget that other expressions share. */
export function evaluateWithin(expression: string, scope: Scope, budget: Budget): TaintedValue {
  return new Evaluation(expression, scope, budget).whole();
}

/** Parsing one expression, so that 100,000 small ones in one text are not free. */
const STEPS_PER_EXPRESSION = 50;
const STEPS_PER_SOURCE_CHARACTER = 8;
/** Finding an expression in the parse cache. */
const STEPS_PER_REPETITION = 15;

/**
 * The result of a path that leads nowhere; its fault is thrown unless the filter `default`
 * follows.
 */
class MissingPath {
  constructor(
    readonly fault: MissingFault,
    readonly at: number,
  ) {}
}

const isDefaultFilter = (link: Link): boolean => link.kind === 'filter' && link.name === 'default';

/** The value of a path so far. */
interface PathResult {
  readonly value: Json | MissingPath;
  readonly taint: Taint;
}

class Evaluation implements FunctionContext {
  /** Offset of the part that is being evaluated: the column of a fault. */
  private at = 0;
  /** True if a secret was among the operands so far. */
  private isTainted = false;

  constructor(
    private readonly source: string,
    readonly scope: Scope,
    readonly budget: Budget,
  ) {}

  whole(): TaintedValue {
    try {
      const { value, taint } = this.evaluateChain(this.read());
      this.isTainted ||= taint === true;
      const requireValue = this.requireValue(value);
      this.at = 0;
      this.budget.chargeOutput(measureJson(requireValue, this.budget));
      return { value: requireValue, taint: this.isTainted || taint };
    } catch (error) {
      if (this.isTainted) this.scope.onSecretDecision?.();
      if (error instanceof TemplateFault)
        throw errorAt(this.source, error.code, this.isTainted ? error.describeRedacted() : error.describe(), this.at);
      throw error;
    }
  }

  private read(): Expression {
    const known = this.budget.parseCache.get(this.source);
    if (known) {
      this.budget.spend(STEPS_PER_REPETITION);
      return known;
    }
    this.budget.spend(
      STEPS_PER_EXPRESSION + STEPS_PER_SOURCE_CHARACTER * Math.min(this.source.length, MAX_EXPRESSION_BYTES),
    );
    const expression = parse(this.source);
    this.budget.parseCache.set(this.source, expression);
    return expression;
  }

  private evaluate(expression: Expression): Json {
    const { value, taint } = this.evaluateChain(expression);
    this.isTainted ||= holdsSecret(taint);
    return this.requireValue(value);
  }

  private evaluateChain(expression: Expression): PathResult {
    const { start, links } = unchain(expression);
    let result = this.evaluateStart(start);
    for (const link of links) result = this.evaluateLink(result, link);
    return result;
  }

  private evaluateStart(start: Leaf): PathResult {
    if (start.kind !== 'name') return { value: this.leaf(start), taint: this.taintOfCall(start) };
    const value = this.orMissing(() => this.leaf(start));
    return { value, taint: this.scope.secrets?.name(start.name) ?? null };
  }

  private taintOfCall(leaf: Leaf): Taint {
    const isResult = leaf.kind === 'call' && leaf.name === 'result';
    return (isResult && this.scope.secrets?.result) || null;
  }

  /**
   * A missing path stays missing up to its end, where the filter `default` replaces it or its
   * fault is thrown.
   */
  private evaluateLink({ value, taint }: PathResult, link: Link): PathResult {
    const isPath = link.kind === 'member' || link.kind === 'index';
    if (!isPath) {
      this.isTainted ||= holdsSecret(taint);
      const left = value instanceof MissingPath && isDefaultFilter(link) ? null : this.requireValue(value);
      return { value: this.link(left, link), taint: null };
    }
    this.isTainted ||= taint === true;
    if (value instanceof MissingPath) return { value, taint };
    return link.kind === 'member' ? this.member(value, taint, link) : this.index(value, taint, link);
  }

  private member(left: Json, taint: Taint, link: Link & { readonly kind: 'member' }): PathResult {
    this.countStep(link.at);
    return {
      value: this.orMissing(() => member(left, link.name, () => pathText(link))),
      taint: memberTaint(taint, link.name),
    };
  }

  /** The index may itself be computed from a secret: the element is then secret too. */
  private index(left: Json, taint: Taint, link: Link & { readonly kind: 'index' }): PathResult {
    this.countStep(link.at);
    const index = this.evaluate(link.index);
    this.at = link.at;
    const found = this.orMissing(() => element(left, index, () => pathText(link), this.budget));
    return { value: found, taint: memberTaint(taint, elementKey(left, index)) };
  }

  private orMissing(read: () => Json): Json | MissingPath {
    try {
      return read();
    } catch (error) {
      if (error instanceof MissingFault) return new MissingPath(error, this.at);
      throw error;
    }
  }

  private requireValue(result: Json | MissingPath): Json {
    if (!(result instanceof MissingPath)) return result;
    this.at = result.at;
    throw result.fault;
  }

  private link(left: Json, link: Exclude<Link, { readonly kind: 'member' | 'index' }>): Json {
    this.countStep(link.at);
    switch (link.kind) {
      case 'and':
        return isTruthyWithin(left, this.budget) && isTruthyWithin(this.evaluate(link.right), this.budget);
      case 'or':
        return isTruthyWithin(left, this.budget) || isTruthyWithin(this.evaluate(link.right), this.budget);
      case 'filter':
        return this.call(link.name, findFilter(link.name), link.at, [left, ...this.evaluateAll(link.args)], 1);
      case 'binary': {
        const right = this.evaluate(link.right);
        this.at = link.at;
        return applyOperator(link.operator, left, right, this.budget);
      }
    }
  }

  private leaf(leaf: Leaf): Json {
    this.countStep(leaf.at);
    switch (leaf.kind) {
      case 'literal':
        return leaf.value;
      case 'name':
        return this.name(leaf.name);
      case 'array':
        return this.evaluateAll(leaf.elements);
      case 'call':
        return this.call(leaf.name, findFunction(leaf.name), leaf.at, this.evaluateAll(leaf.args), 0);
      case 'not':
        return !isTruthyWithin(this.evaluate(leaf.operand), this.budget);
      case 'minus': {
        const value = this.evaluate(leaf.operand);
        this.at = leaf.at;
        return negate(value);
      }
    }
  }

  private name(name: string): Json {
    const value = this.scope.name(name);
    if (value === undefined)
      throw missingFault(
        name,
        () => name,
        () => didYouMean(name, NAMESPACES),
      );
    return value;
  }

  private call(name: string, definition: FunctionDefinition, at: number, values: Json[], implicitCount: 0 | 1): Json {
    this.at = at;
    assertArity(name, definition, values.length, implicitCount);
    return definition.call(new Arguments(name, values), this);
  }

  private evaluateAll(expressions: readonly Expression[]): Json[] {
    return expressions.map((expression) => this.evaluate(expression));
  }

  private countStep(at: number): void {
    this.at = at;
    this.budget.spend(1);
  }
}
