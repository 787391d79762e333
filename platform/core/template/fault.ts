import { FORBIDDEN_NAMES } from '../data/forbidden-names';
import type { TemplateCode } from './types';

/** A fault without its position: `evaluate` makes it a TemplateError with a column. */
export class TemplateFault extends Error {
  constructor(
    readonly code: TemplateCode,
    message: string,
  ) {
    super(message);
    this.name = 'TemplateFault';
  }

  /** What is wrong, and what would be right. */
  describe(): string {
    return this.message;
  }

  /** The same without any value, for a fault with a secret among its operands. */
  describeRedacted(): string {
    return this.message;
  }
}

/**
 * An unknown name, a missing member or a position out of range: the filter `default` catches it.
 * The text is built on demand: finding the closest of 100,000 keys is expensive, and `default`
 * discards it.
 */
export class MissingFault extends TemplateFault {
  constructor(
    code: TemplateCode,
    private readonly text: () => string,
    private readonly advice: () => string = () => '',
  ) {
    super(code, '');
  }

  override describe(): string {
    return `${this.text()}${this.advice()}`;
  }

  override describeRedacted(): string {
    return this.text();
  }
}

/**
 * In other engines these names lead to the host. Here they are ordinary keys; a missing one has a
 * code of its own.
 */
const HOST_NAMES = new Set([
  ...FORBIDDEN_NAMES,
  ...['__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__', 'caller'],
]);

/** A member of this name is TEMPLATE_FORBIDDEN where a value has none. */
export const isHostName = (name: string): boolean => HOST_NAMES.has(name);

/**
 * `Variable not found: …`, with TEMPLATE_FORBIDDEN instead of TEMPLATE_NAME for a name of the
 * host.
 */
export const missingFault = (name: string, path: () => string, advice: () => string): MissingFault =>
  new MissingFault(
    isHostName(name) ? 'TEMPLATE_FORBIDDEN' : 'TEMPLATE_NAME',
    () => `Variable not found: ${path()}`,
    advice,
  );

export const typeFault = (message: string): TemplateFault => new TemplateFault('TEMPLATE_TYPE', message);
