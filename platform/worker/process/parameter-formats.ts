import { stringify } from 'yaml';
import { isObject, type JsonObject } from '../../../contract/json';
import type { ParameterFormat } from '../../../contract/actions';
import { textOrEmpty } from '../../../contract/json-text/text-or-json';
import { writeJson } from '../../../contract/json-text/write-json';

/** Parameters as the text a program reads from standard input or from the parameter file. */
export function formatParameters(parameters: JsonObject, format: ParameterFormat): string {
  switch (format) {
    case 'json':
      return `${writeJson(parameters)}\n`;
    case 'dotenv':
      return dotenv(parameters);
    case 'yaml':
      // All strings are quoted: a bare `no`, `0o14` or `1:30` is a string in only one YAML
      // version.
      return stringify(parameters, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0, aliasDuplicateObjects: false });
  }
}

/** One `key='value'` line per leaf, sorted by key. Empty for no parameters. */
function dotenv(parameters: JsonObject): string {
  const leaves = flattenLeaves(parameters, '').sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return leaves.map(([key, value]) => `${key}='${value.replaceAll("'", `'\\''`)}'\n`).join('');
}

const flattenLeaves = (values: JsonObject, prefix: string): [string, string][] =>
  Object.entries(values).flatMap(([name, value]): [string, string][] => {
    const key = prefix + name.replace(/[\r\n\0]/g, '_'); // a line break in a name would start another line
    return isObject(value) ? flattenLeaves(value, `${key}.`) : [[key, textOrEmpty(value)]];
  });
