import type { TemplateCode } from './types';

/** A fault that does not know yet where it stands: `evaluate` turns it into a TemplateError with the column. */
export class Fault extends Error {
  constructor(
    readonly code: TemplateCode,
    message: string,
  ) {
    super(message);
    this.name = 'Fault';
  }

  /** What is wrong and what would be right. */
  describe(): string {
    return this.message;
  }

  /** The same without anything of the values: a secret was among them. */
  describeDiscreetly(): string {
    return this.message;
  }
}

/**
 * An unknown name, a missing member or a position out of range: what the filter `default` catches. The text is made only
 * when somebody reads it: looking for the nearest of 100,000 keys is dear, and `default` throws it away.
 */
export class Missing extends Fault {
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

  override describeDiscreetly(): string {
    return this.text();
  }
}

/** Names that lead to the host in other engines. Here they are ordinary keys; when absent, their code says so. */
const HOST_NAMES = new Set(['__proto__', 'constructor', 'prototype', '__defineGetter__', '__lookupGetter__', 'caller']);

/** `Variable not found: …`; TEMPLATE_FORBIDDEN instead of TEMPLATE_NAME when the name reaches for the host. */
export const missing = (name: string, path: () => string, advice: () => string): Missing =>
  new Missing(
    HOST_NAMES.has(name) ? 'TEMPLATE_FORBIDDEN' : 'TEMPLATE_NAME',
    () => `Variable not found: ${path()}`,
    advice,
  );

export const typeFault = (message: string): Fault => new Fault('TEMPLATE_TYPE', message);
