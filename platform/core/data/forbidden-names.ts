/** Names that nothing may declare: they lead to the prototype of a JavaScript object. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
