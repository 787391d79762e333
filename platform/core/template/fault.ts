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
}

/** An unknown name, a missing member or an index out of range: what the filter `default` catches. */
export class Missing extends Fault {}

/** Names that lead to the host in other engines. Here they are ordinary keys; when absent, their code says so. */
const HOST_NAMES = new Set(['__proto__', 'constructor', 'prototype', '__defineGetter__', '__lookupGetter__', 'caller']);

/** `Variable not found: …`; TEMPLATE_FORBIDDEN instead of TEMPLATE_NAME when the name reaches for the host. */
export const missing = (path: string, name: string, advice: string): Missing =>
  new Missing(HOST_NAMES.has(name) ? 'TEMPLATE_FORBIDDEN' : 'TEMPLATE_NAME', `Variable not found: ${path}${advice}`);

export const typeFault = (message: string): Fault => new Fault('TEMPLATE_TYPE', message);
