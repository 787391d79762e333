import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import { writeJson } from '../../../../contract/json-text/write-json';
import { FORBIDDEN_NAMES } from '../../data/forbidden-names';
import { appendPointer } from '../../secrets/json-pointer';
import { DefinitionError } from './definition-error';
import { keysReadOf } from './unused-keys';

/**
 * A map of the document and its JSON pointer. Absent and null are the same; a wrong type throws
 * DefinitionError.
 */
export class DefinitionFields {
  constructor(
    readonly map: JsonObject,
    readonly path: string,
    private readonly read = keysReadOf(map),
  ) {}

  pathOf(key: string | number): string {
    return appendPointer(this.path, key);
  }

  value(key: string): Json {
    this.read.add(key);
    return Object.hasOwn(this.map, key) ? (this.map[key] ?? null) : null;
  }

  text(key: string): string | null {
    const value = this.value(key);
    return value === null || typeof value === 'string' ? value : wrongType(this.pathOf(key), 'a string', value);
  }

  flag(key: string): boolean {
    const value = this.value(key);
    return value === null || typeof value === 'boolean'
      ? value === true
      : wrongType(this.pathOf(key), 'a boolean', value);
  }

  /** Zero or more, fractions allowed. */
  amount(key: string): number | null {
    const value = this.value(key);
    if (value === null || (typeof value === 'number' && value >= 0)) return value;
    return wrongType(this.pathOf(key), 'a number, zero or more', value);
  }

  /** A whole number, zero or more. */
  count(key: string): number | null {
    const value = this.value(key);
    if (value === null || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)) return value;
    return wrongType(this.pathOf(key), 'a whole number, zero or more', value);
  }

  mapping(key: string): JsonObject | null {
    const value = this.value(key);
    return value === null || isObject(value) ? value : wrongType(this.pathOf(key), 'a map', value);
  }

  list(key: string): Json[] | null {
    const value = this.value(key);
    return value === null || Array.isArray(value) ? value : wrongType(this.pathOf(key), 'a list', value);
  }

  /** The maps of a list that holds nothing else. */
  fieldsList(key: string): DefinitionFields[] | null {
    return (
      this.list(key)?.map((value, index) => definitionFields(value, appendPointer(this.pathOf(key), index))) ?? null
    );
  }
}

export const definitionFields = (value: Json, path: string): DefinitionFields =>
  isObject(value) ? new DefinitionFields(value, path) : wrongType(path, 'a map', value);

export function wrongType(path: string, expected: string, value: Json): never {
  throw shapeError(`must be ${expected}, not ${describeType(value)}`, path);
}

/** A value of the document has the wrong type. */
export const shapeError = (why: string, path: string): DefinitionError =>
  new DefinitionError(`YAML parsing error: ${path || 'the document'} ${why}`, path);

/** A value of the document has the right type and is out of bounds. */
export const valueError = (why: string, path: string): DefinitionError =>
  new DefinitionError(`Validation error: ${path || 'the document'} ${why}`, path);

function describeType(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : `the ${typeof value} ${writeJson(value).slice(0, 40)}`;
}

export function checkName(name: string, path: string): string {
  if (FORBIDDEN_NAMES.has(name)) throw valueError(`must not be called '${name}'`, path);
  return name;
}
