import type { JsonObject } from '../../../contract/json';
import { loadDefinition } from '../../../platform/core/workflow/load/load-definition';
import { keysReadOf } from '../../../platform/core/workflow/load/unused-keys';
import { ANY_VALUE, MAPS, WRONG_TYPES, type MapPath } from '../../e2e/support/rejected-definitions';

/** The keys that the platform reads of a map of a definition. */
function keysReadAt(path: MapPath): string[] {
  const definition = MAPS[path]({});
  loadDefinition(definition, { ref: 'a.b' });
  const keys = path.split('/').slice(1);
  const map = keys.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], definition);
  return [...keysReadOf(map as JsonObject)].sort();
}

test.each(Object.keys(MAPS) as MapPath[])('T2.24a has each key of %p, or the reason why not', (path) => {
  const rows = [...Object.keys(WRONG_TYPES[path]), ...(ANY_VALUE[path] ?? [])];

  expect(rows.sort()).toEqual(keysReadAt(path));
});
