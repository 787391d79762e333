import { explainUnusedKey, isComment, keysReadOf } from '../../core/workflow/load/unused-keys';
import type { YamlFile } from './yaml-file';

/** Keys of Attune's packs that say nothing to a platform. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  ...['author', 'documentation', 'email', 'enabled', 'entry_point', 'examples', 'homepage', 'is_standard', 'license'],
  ...['metadata', 'name', 'repository', 'system', 'type', 'version'],
]);

/** `actions/add.yaml:7: 'paramters' …`, for each key of the file that nothing has read. */
export function unusedKeyWarnings(file: YamlFile): string[] {
  const known = keysReadOf(file.value);
  return Object.keys(file.value)
    .filter((key) => !known.has(key) && !WITHOUT_EFFECT.has(key) && !isComment(key))
    .map((key) => `${file.name}:${file.lineOf(key)}: ${explainUnusedKey(key, known)}`);
}
