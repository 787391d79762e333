import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import { DefinitionError } from '../definition-error';

/** A map of the document and where it stands. Absent and null are the same; a wrong type throws DefinitionError. */
export class Fields {
  constructor(
    readonly map: JsonObject,
    readonly path: string,
  ) {}

  at(key: string | number): string {
    return `${this.path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }

  value(key: string): Json {
    return Object.hasOwn(this.map, key) ? (this.map[key] ?? null) : null;
  }

  text(key: string): string | null {
    const value = this.value(key);
    return value === null || typeof value === 'string' ? value : wrongType(this.at(key), 'a string', value);
  }

  flag(key: string): boolean {
    const value = this.value(key);
    return value === null || typeof value === 'boolean' ? value === true : wrongType(this.at(key), 'a boolean', value);
  }

  /** Zero or more, fractions allowed. */
  amount(key: string): number | null {
    const value = this.value(key);
    if (value === null || (typeof value === 'number' && value >= 0)) return value;
    return wrongType(this.at(key), 'a number, zero or more', value);
  }

  /** A whole number, zero or more. */
  count(key: string): number | null {
    const value = this.value(key);
    if (value === null || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)) return value;
    return wrongType(this.at(key), 'a whole number, zero or more', value);
  }

  mapping(key: string): JsonObject | null {
    const value = this.value(key);
    return value === null || isObject(value) ? value : wrongType(this.at(key), 'a map', value);
  }

  list(key: string): Json[] | null {
    const value = this.value(key);
    return value === null || Array.isArray(value) ? value : wrongType(this.at(key), 'a list', value);
  }

  /** The maps of a list that holds nothing else. */
  fieldsIn(key: string): Fields[] | null {
    return this.list(key)?.map((value, index) => fieldsOf(value, `${this.at(key)}/${index}`)) ?? null;
  }
}

export const fieldsOf = (value: Json, path: string): Fields =>
  isObject(value) ? new Fields(value, path) : wrongType(path, 'a map', value);

export function wrongType(path: string, expected: string, value: Json): never {
  throw shapeError(`must be ${expected}, not ${described(value)}`, path);
}

/** The document has not the shape of a definition. */
export const shapeError = (why: string, path: string): DefinitionError =>
  new DefinitionError(`YAML parsing error: ${path || 'the document'} ${why}`, path);

/** The shape is right, a value is out of bounds. */
export const valueError = (why: string, path: string): DefinitionError =>
  new DefinitionError(`Validation error: ${path || 'the document'} ${why}`, path);

function described(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : `the ${typeof value} ${JSON.stringify(value).slice(0, 40)}`;
}

/** Names that are members of every object of the host. */
const REFUSED = ['__proto__', 'constructor', 'prototype'];

export function usableName(name: string, path: string): string {
  if (REFUSED.includes(name)) throw valueError(`must not be called '${name}'`, path);
  return name;
}
