import { stringify } from 'yaml';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { ParameterFormat } from '../../contract/actions';

/** Parameters as the text a program reads: what goes to standard input, or into the parameter file. */
export function formatParameters(parameters: JsonObject, format: ParameterFormat): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(parameters)}\n`;
    case 'dotenv':
      return dotenv(parameters);
    case 'yaml':
      // All strings quoted: a bare `no`, `0o14` or `1:30` is a string to one version of YAML and not to the other.
      return stringify(parameters, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0, aliasDuplicateObjects: false });
  }
}

/** One `key='value'` line per leaf, sorted by key. No parameters: no text. */
function dotenv(parameters: JsonObject): string {
  const leaves = leavesOf(parameters, '').sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return leaves.map(([key, value]) => `${key}='${value.replaceAll("'", `'\\''`)}'\n`).join('');
}

const leavesOf = (values: JsonObject, prefix: string): [string, string][] =>
  Object.entries(values).flatMap(([name, value]): [string, string][] => {
    const key = prefix + name.replace(/[\r\n\0]/g, '_'); // a line break in a name would begin a line of its own
    return isObject(value) ? leavesOf(value, `${key}.`) : [[key, leaf(value)]];
  });

const leaf = (value: Json): string => (value === null ? '' : plain(value));

/** A value as a shell sees it: strings raw, everything else as compact JSON. */
export const plain = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
