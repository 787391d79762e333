import type { JsonObject } from '../../../contract/json';
import { schemaTaint } from '../secrets/schema-taint';
import { disclosedSecrets, restoreSecrets, shownDocument } from '../secrets/shown-document';

/** Stored parameters as they may be shown: without what the schema declares secret. */
export const shownParameters = (parameters: JsonObject, schema: JsonObject | null): JsonObject =>
  shownDocument(parameters, schemaTaint(schema, parameters));

interface ParameterChange {
  readonly stored: JsonObject;
  readonly schema: JsonObject | null;
  /** Of the caller; undefined: the stored ones stay. */
  readonly given: JsonObject | undefined;
  /** That of the action after the change. */
  readonly newSchema: JsonObject | null;
}

const ALL_KEPT = [{ source: '', target: '' }];

/** JSON pointers of stored secrets that a change would keep, and that would then be shown. */
export function disclosedParameters({ stored, schema, given, newSchema }: ParameterChange): string[] {
  const { document, kept } = given === undefined ? { document: stored, kept: ALL_KEPT } : restoreSecrets(given, stored);
  const newTaint = schemaTaint(newSchema, document);
  return disclosedSecrets({ stored, storedTaint: schemaTaint(schema, stored), kept, newTaint });
}
