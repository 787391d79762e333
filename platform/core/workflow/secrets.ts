import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { joined, taintAt, taintOf, type Taint } from '../template/taint';
import { propertiesOf } from './parameters';
import type { State } from './types';

/** Which parts of a value are secret by its schema, flat or classic: `secret: true`, at any depth. */
export const taintOfSchema = (schema: JsonObject | null): Taint =>
  taintOf(Object.entries(propertiesOf(schema ?? {})).map(([name, property]) => [name, taintOfProperty(property)]));

function taintOfProperty(property: Json): Taint {
  if (!isObject(property)) return null;
  if (property.secret === true) return true;
  if (!isObject(property.properties)) return null;
  return taintOf(Object.entries(property.properties).map(([name, inner]) => [name, taintOfProperty(inner)]));
}

/** The schema of a workflow's parameters: its action's, and its definition's, which may say more. Secret in one is secret. */
export function jointSchema(ofAction: JsonObject | null, ofDefinition: JsonObject | null): JsonObject | null {
  if (!isObject(ofDefinition)) return ofAction;
  const declared = Object.entries(propertiesOf(ofDefinition)).filter(
    ([, property]) => taintOfProperty(property) !== null,
  );
  return { ...propertiesOf(ofAction ?? {}), ...Object.fromEntries(declared) };
}

/** Paths of parameters that would be given a secret and are not declared to take one: `token`, `db.password`. */
export function undeclaredPaths(schema: JsonObject | null, taint: Taint): string[] {
  return undeclared(taint, taintOfSchema(schema), '');
}

/** What is said of them. */
export const undeclaredSecrets = (paths: readonly string[]) => ({
  code: 'SECRET_PARAMETER',
  error: `Secret value cannot be assigned to non-secret parameter path(s): ${paths.join(', ')}`,
});

function undeclared(given: Taint, declared: Taint, path: string): string[] {
  if (given === null || declared === true) return [];
  if (given === true) return [path];
  return Object.entries(given).flatMap(([key, inner]) =>
    undeclared(inner, taintAt(declared, key), path === '' ? key : `${path}.${key}`),
  );
}

/** What of a result view is secret: as in the stored result, and so where `data` shows its keys beside the others. */
export function taintOfView(result: Json, taint: Taint): Taint {
  if (taint === null || taint === true || !isObject(result)) return taint;
  const { data } = result;
  const shown = isObject(data) ? Object.keys(data).filter((key) => !Object.hasOwn(result, key)) : [];
  const inner = taintOf(shown.map((key) => [key, taintAt(taintAt(taint, 'data'), key)]));
  return joined(taint, inner);
}

/** What of a workflow's state is secret, as a taint of its JSON. */
export function taintOfState({ secrets, tasks }: State): Taint {
  const { parameters, config, variables } = secrets;
  const ofTasks = Object.entries(tasks).map(([name, task]): [string, Taint] => {
    const items = task.items ? taintOf([['lastResult', task.items.lastSecrets]]) : null;
    return [name, taintOf(Object.entries({ result: task.secrets, items }))];
  });
  return taintOf(Object.entries({ parameters, config, variables, tasks: taintOf(ofTasks) }));
}
