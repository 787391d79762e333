import { writeJson } from '../../../../contract/json-text/write-json';
import type { Json, JsonObject } from '../../../../contract/json';
import { TemplateError, type ScopeOutcome, type Scope } from '../../../../platform/core/template/types';

/** A scope of the given names. */
export const testScope = (names: JsonObject = {}, result: Json = null, outcome: ScopeOutcome = null): Scope => ({
  name: (name) => (Object.hasOwn(names, name) ? names[name] : undefined),
  result,
  outcome,
});

/** The TemplateError that `work` throws, as `CODE@column message`; else its value as JSON. */
export function templateErrorText(work: () => unknown): string {
  try {
    return `no fault: ${writeJson(work())}`;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `${error.code}@${error.column} ${error.message}`;
  }
}
