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
  return evaluateWithin(expression, scope, new Budget());
}

/** As `evaluate`, out of a budget that is shared with other expressions. */
export function evaluateWithin(expression: string, scope: Scope, budget: Budget): Json {
  return new Evaluation(expression, scope, budget).value();
}

/** What reading an expression costs, so that 100,000 small ones in one text cost something. */
const STEPS_PER_EXPRESSION = 50;
const STEPS_PER_SOURCE_CHARACTER = 8;

/** Where a path led nowhere, and the fault it becomes unless `default` follows. */
class Gap {
  constructor(
    readonly fault: Missing,
    readonly at: number,
  ) {}
}

const isDefault = (link: Link): boolean => link.kind === 'filter' && link.name === 'default';

class Evaluation implements Run {
  /** Offset of what is being worked on: where a fault stands. */
  private at = 0;

  constructor(
    private readonly source: string,
    readonly scope: Scope,
    readonly budget: Budget,
  ) {}

  value(): Json {
    try {
      this.budget.spend(
        STEPS_PER_EXPRESSION + STEPS_PER_SOURCE_CHARACTER * Math.min(this.source.length, MAX_EXPRESSION_BYTES),
      );
      const expression = parse(this.source);
      const value = this.evaluate(expression);
      this.at = 0;
      this.budget.deliver(measure(value, this.budget));
      return value;
    } catch (error) {
      if (error instanceof Fault) throw errorAt(this.source, error.code, error.describe(), this.at);
      throw error;
    }
  }

  private evaluate(expression: Expression): Json {
    const { start, links } = unchain(expression);
    let reached = start.kind === 'name' ? this.attempt(() => this.leaf(start)) : this.leaf(start);
    for (const link of links) reached = this.follow(reached, link);
    return this.present(reached);
  }

  /** A missing path stays missing along the rest of the path, and ends at the filter `default` or as an error. */
  private follow(left: Json | Gap, link: Link): Json | Gap {
    const isPath = link.kind === 'member' || link.kind === 'index';
    if (left instanceof Gap) {
      if (isPath) return left;
      return this.link(isDefault(link) ? null : this.present(left), link);
    }
    return isPath ? this.attempt(() => this.link(left, link)) : this.link(left, link);
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

  private link(left: Json, link: Link): Json {
    this.step(link.at);
    switch (link.kind) {
      case 'and':
        return isTrue(left, this.budget) && isTrue(this.evaluate(link.right), this.budget);
      case 'or':
        return isTrue(left, this.budget) || isTrue(this.evaluate(link.right), this.budget);
      case 'member':
        return member(left, link.name, () => pathText(link));
      case 'index':
        return this.element(left, link);
      case 'filter':
        return this.call(link.name, filterNamed(link.name), link.at, [left, ...this.all(link.args)], 1);
      case 'binary': {
        const right = this.evaluate(link.right);
        this.at = link.at;
        return applyOperator(link.operator, left, right, this.budget);
      }
    }
  }

  private element(left: Json, link: Link & { readonly kind: 'index' }): Json {
    const index = this.evaluate(link.index);
    this.at = link.at;
    return element(left, index, () => pathText(link), this.budget);
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
    if (value === undefined) throw missing(name, () => `${name}${didYouMean(name, NAMESPACES)}`);
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
