import { explainUnusedKey, isComment, keysReadOf } from '../../core/workflow/load/unused-keys';
import { isObject } from '../../../contract/json';
import { schemaMistakes } from '../../core/schema/schema-mistakes';
import { parsePointer } from '../../core/secrets/json-pointer';
import type { YamlFile } from './yaml-file';

/** Keys of Attune's packs that say nothing to a platform. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  ...['author', 'documentation', 'email', 'enabled', 'entry_point', 'examples', 'homepage', 'is_standard', 'license'],
  ...['metadata', 'name', 'repository', 'system', 'type', 'version'],
]);

/** `actions/add.yaml:7: 'paramters' …`, for each key of the file that nothing has read. */
export function unusedKeyWarnings(file: YamlFile): string[] {
  const known = keysReadOf(file.value);
  const unused = Object.keys(file.value)
    .filter((key) => !known.has(key) && !WITHOUT_EFFECT.has(key) && !isComment(key))
    .map((key) => `${file.name}:${file.lineOf(key)}: ${explainUnusedKey(key, known)}`);
  return [...unused, ...SCHEMAS.flatMap((key) => schemaWarnings(file, key))];
}

/** Keys of files that are schemas. */
const SCHEMAS = ['parameters', 'output', 'conf_schema', 'config_schema', 'item_schema'];

function schemaWarnings(file: YamlFile, key: string): string[] {
  const schema = file.value[key];
  if (!isObject(schema) || !keysReadOf(file.value).has(key)) return [];
  return schemaMistakes(schema, `/${key}`).map(({ path, why }) => {
    const line = Math.max(file.lineOf(key), file.lineOf(...parsePointer(path)));
    return `${file.name}:${line}: ${path}: ${why}`;
  });
}
