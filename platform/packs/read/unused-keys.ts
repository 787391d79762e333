import { explainUnusedKey, isComment } from '../../core/workflow/load/unused-keys';
import type { YamlFile } from './yaml-file';

/** Keys that were asked for, by file. */
const readKeys = new WeakMap<YamlFile, Set<string>>();

export function keysReadOf(file: YamlFile): Set<string> {
  const known = readKeys.get(file) ?? new Set<string>();
  readKeys.set(file, known);
  return known;
}

/** Keys of Attune's packs that say nothing to a platform. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  ...['author', 'documentation', 'email', 'enabled', 'entry_point', 'examples', 'homepage', 'is_standard', 'license'],
  ...['metadata', 'name', 'repository', 'system', 'type', 'version'],
]);

/** `actions/add.yaml:7: 'paramters' …`, for each key of the file that nothing has read. */
export function unusedKeyWarnings(file: YamlFile): string[] {
  const known = keysReadOf(file);
  return Object.keys(file.value)
    .filter((key) => !known.has(key) && !WITHOUT_EFFECT.has(key) && !isComment(key))
    .map((key) => `${file.name}:${file.lineOf(key)}: ${explainUnusedKey(key, known)}`);
}
