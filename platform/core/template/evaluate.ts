import type { Json } from '../../../contract/json';
import { unchain, type Expression, type Leaf, type Link } from './ast';
import { element, member } from './access';
import { Budget, MAX_EXPRESSION_BYTES } from './budget';
import { Fault, Missing, missing } from './fault';
import { filterNamed } from './filters';
import { Arguments, assertArity, type Definition, type Run } from './functions/definition';
import { functionNamed } from './functions/table';
import { didYouMean } from './nearest';
import { applyOperator, negate } from './operators';
import { parse } from './parse';
import { pathText } from './path-text';
import { elementKey, taintAt, type Taint } from './taint';
import { errorAt } from './tokenize';
import type { Scope } from './types';
import { isTrue } from './truthy';
import { measure } from './values';

/** Names that a scope may have, for the advice about one that it has not. */
const NAMESPACES = ['parameters', 'workflow', 'vars', 'variables', 'task', 'tasks', 'config', 'keystore', 'item'];

/**
 * The value of a bare expression (no delimiters). Always JSON. Throws TemplateError, every code; a value larger than
 * 1 MiB of compact JSON is TEMPLATE_LIMIT. Whole numbers are JSON numbers: exact up to 2^53, beyond that the nearest
 * double, and `3` and `3.0` are one value.
 */
export function evaluate(expression: string, scope: Scope): Json {
  return evaluateWithin(expression, scope, new Budget()).value;
}

/** A value, and what of it is secret: a path is as secret as what it leads to, all else that a secret went into is. */
export interface Evaluated {
  readonly value: Json;
  readonly taint: Taint;
}

/** As `evaluate`, out of a budget that is shared with other expressions. */
export function evaluateWithin(expression: string, scope: Scope, budget: Budget): Evaluated {
  return new Evaluation(expression, scope, budget).whole();
}

/** What reading an expression costs, so that 100,000 small ones in one text cost something. */
const STEPS_PER_EXPRESSION = 50;
const STEPS_PER_SOURCE_CHARACTER = 8;
/** What finding it again costs, once it has been read. */
const STEPS_PER_REPETITION = 15;

/** Where a path led nowhere, and the fault it becomes unless `default` follows. */
class Gap {
  constructor(
    readonly fault: Missing,
    readonly at: number,
  ) {}
}

const isDefault = (link: Link): boolean => link.kind === 'filter' && link.name === 'default';

/** How far a path has led, and what of that is secret. */
interface Reached {
  readonly value: Json | Gap;
  readonly taint: Taint;
}

class Evaluation implements Run {
  /** Offset of what is being worked on: where a fault stands. */
  private at = 0;
  /** Whether anything secret went into what has been worked out so far. */
  private touched = false;

  constructor(
    private readonly source: string,
    readonly scope: Scope,
    readonly budget: Budget,
  ) {}

  whole(): Evaluated {
    try {
      const { value, taint } = this.reach(this.read());
      this.touched ||= taint === true;
      const present = this.present(value);
      this.at = 0;
      this.budget.deliver(measure(present, this.budget));
      return { value: present, taint: this.touched || taint };
    } catch (error) {
      if (error instanceof Fault)
        throw errorAt(this.source, error.code, this.touched ? error.describeDiscreetly() : error.describe(), this.at);
      throw error;
    }
  }

  private read(): Expression {
    const known = this.budget.parsed.get(this.source);
    if (known) {
      this.budget.spend(STEPS_PER_REPETITION);
      return known;
    }
    this.budget.spend(
      STEPS_PER_EXPRESSION + STEPS_PER_SOURCE_CHARACTER * Math.min(this.source.length, MAX_EXPRESSION_BYTES),
    );
    const expression = parse(this.source);
    this.budget.parsed.set(this.source, expression);
    return expression;
  }

  private evaluate(expression: Expression): Json {
    const { value, taint } = this.reach(expression);
    this.touched ||= taint !== null;
    return this.present(value);
  }

  private reach(expression: Expression): Reached {
    const { start, links } = unchain(expression);
    let reached = this.begin(start);
    for (const link of links) reached = this.follow(reached, link);
    return reached;
  }

  private begin(start: Leaf): Reached {
    if (start.kind !== 'name') return { value: this.leaf(start), taint: this.taintOfCall(start) };
    const value = this.attempt(() => this.leaf(start));
    return { value, taint: this.scope.secrets?.name(start.name) ?? null };
  }

  private taintOfCall(leaf: Leaf): Taint {
    const isResult = leaf.kind === 'call' && leaf.name === 'result';
    return (isResult && this.scope.secrets?.result) || null;
  }

  /** A missing path stays missing along the rest of the path, and ends at the filter `default` or as an error. */
  private follow({ value, taint }: Reached, link: Link): Reached {
    const isPath = link.kind === 'member' || link.kind === 'index';
    if (!isPath) {
      this.touched ||= taint !== null;
      const left = value instanceof Gap && isDefault(link) ? null : this.present(value);
      return { value: this.link(left, link), taint: null };
    }
    if (value instanceof Gap) return { value, taint };
    return link.kind === 'member' ? this.member(value, taint, link) : this.index(value, taint, link);
  }

  private member(left: Json, taint: Taint, link: Link & { readonly kind: 'member' }): Reached {
    this.step(link.at);
    return {
      value: this.attempt(() => member(left, link.name, () => pathText(link))),
      taint: taintAt(taint, link.name),
    };
  }

  /** The index may itself be worked out of a secret, and what is found by it is then secret too. */
  private index(left: Json, taint: Taint, link: Link & { readonly kind: 'index' }): Reached {
    this.step(link.at);
    const index = this.evaluate(link.index);
    this.at = link.at;
    const found = this.attempt(() => element(left, index, () => pathText(link), this.budget));
    return { value: found, taint: taintAt(taint, elementKey(left, index)) };
  }

  private attempt(look: () => Json): Json | Gap {
    try {
      return look();
    } catch (error) {
      if (error instanceof Missing) return new Gap(error, this.at);
      throw error;
    }
  }

  private present(reached: Json | Gap): Json {
    if (!(reached instanceof Gap)) return reached;
    this.at = reached.at;
    throw reached.fault;
  }

  private link(left: Json, link: Exclude<Link, { readonly kind: 'member' | 'index' }>): Json {
    this.step(link.at);
    switch (link.kind) {
      case 'and':
        return isTrue(left, this.budget) && isTrue(this.evaluate(link.right), this.budget);
      case 'or':
        return isTrue(left, this.budget) || isTrue(this.evaluate(link.right), this.budget);
      case 'filter':
        return this.call(link.name, filterNamed(link.name), link.at, [left, ...this.all(link.args)], 1);
      case 'binary': {
        const right = this.evaluate(link.right);
        this.at = link.at;
        return applyOperator(link.operator, left, right, this.budget);
      }
    }
  }

  private leaf(leaf: Leaf): Json {
    this.step(leaf.at);
    switch (leaf.kind) {
      case 'literal':
        return leaf.value;
      case 'name':
        return this.name(leaf.name);
      case 'array':
        return this.all(leaf.elements);
      case 'call':
        return this.call(leaf.name, functionNamed(leaf.name), leaf.at, this.all(leaf.args), 0);
      case 'not':
        return !isTrue(this.evaluate(leaf.operand), this.budget);
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
      throw missing(
        name,
        () => name,
        () => didYouMean(name, NAMESPACES),
      );
    return value;
  }

  private call(name: string, definition: Definition, at: number, values: Json[], hidden: 0 | 1): Json {
    this.at = at;
    assertArity(name, definition, values.length, hidden);
    return definition.call(new Arguments(name, values), this);
  }

  private all(expressions: readonly Expression[]): Json[] {
    return expressions.map((expression) => this.evaluate(expression));
  }

  private step(at: number): void {
    this.at = at;
    this.budget.spend(1);
  }
}
