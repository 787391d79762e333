import { isObject, type Json, type JsonObject } from '../../contract/json';
import { PackFileError } from './problems';
import type { YamlFile } from './yaml-file';

/** Names that would reach an object's prototype somewhere, sooner or later. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Reads the keys of one YAML map by type. An absent or null key is undefined; a wrong type throws PackFileError. */
export class Fields {
  constructor(private readonly file: YamlFile) {}

  /** A number or a boolean counts as text: people forget the quotes around `version: 1.0`. */
  text(key: string): string | undefined {
    const value = this.value(key);
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (value === undefined || typeof value === 'string') return value;
    throw this.wrong(key, 'text', value);
  }

  required(key: string): string {
    const value = this.text(key)?.trim();
    if (value === undefined || value === '') throw this.error(key, `${key} is required`);
    return value;
  }

  flag(key: string): boolean | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.wrong(key, 'true or false', value);
  }

  number(key: string, least: number): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'number') throw this.wrong(key, 'a number', value);
    if (value < least) throw this.error(key, `${key} must be at least ${least}, not ${value}`);
    return value;
  }

  texts(key: string): string[] {
    const value = this.value(key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.wrong(key, 'a list of texts', value);
    return value.map((entry) => {
      if (typeof entry === 'string' || typeof entry === 'number') return String(entry);
      throw this.wrong(key, 'a list of texts', entry);
    });
  }

  list(key: string): Json[] {
    const value = this.value(key);
    if (value === undefined || Array.isArray(value)) return value ?? [];
    throw this.wrong(key, 'a list', value);
  }

  map(key: string): JsonObject | undefined {
    const value = this.value(key);
    if (value === undefined || isObject(value)) return value;
    throw this.wrong(key, 'a map', value);
  }

  /** A flat or classic schema: property names must be usable. */
  schema(key: string): JsonObject | undefined {
    const schema = this.map(key);
    const name = schema && forbiddenName(schema);
    if (name) throw this.error(key, `${key}.${name}: this name is not allowed`);
    return schema;
  }

  word<T extends string>(key: string, words: readonly T[]): T | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const word = words.find((known) => known === value);
    if (word === undefined) throw this.error(key, `${key} must be ${words.join(' or ')}, not ${value}`);
    return word;
  }

  value(key: string): Json | undefined {
    return Object.hasOwn(this.file.value, key) ? (this.file.value[key] ?? undefined) : undefined;
  }

  error(key: string, what: string): PackFileError {
    return new PackFileError(this.file.name, this.file.lineOf(key), what);
  }

  private wrong(key: string, right: string, value: Json): PackFileError {
    return this.error(key, `${key} must be ${right}, not ${kindOf(value)}`);
  }
}

/** A declared name of a schema (flat, or classic with `properties`) that must not be used. */
export function forbiddenName(schema: JsonObject): string | undefined {
  const inner = schema.properties;
  const names = [...Object.keys(schema), ...(isObject(inner) ? Object.keys(inner) : [])];
  return names.find((name) => FORBIDDEN.has(name));
}

const kindOf = (value: Json): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : isObject(value) ? 'a map' : JSON.stringify(value);
