import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { unusablePart } from '../../core/schema/unusable-part';
import { parsePointer } from '../../core/secrets/json-pointer';
import { keysReadOf } from '../../core/workflow/load/unused-keys';
import { PackFileError } from '../pack-errors';
import type { YamlFile } from './yaml-file';

/**
 * Typed access to the keys of a YAML map. An absent or null key is undefined; a wrong type throws
 * PackFileError.
 */
export class YamlFields {
  constructor(
    private readonly file: YamlFile,
    private readonly read = keysReadOf(file.value),
  ) {}

  /**
   * A number or a boolean counts as text: the quotes around `version: 1.0` are easily forgotten.
   */
  text(key: string): string | undefined {
    const value = this.value(key);
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
    if (value === undefined || typeof value === 'string') return value;
    throw this.typeError(key, 'text', value);
  }

  required(key: string): string {
    const value = this.text(key)?.trim();
    if (value === undefined || value === '') throw this.error(key, `${key} is required`);
    return value;
  }

  flag(key: string): boolean | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.typeError(key, 'true or false', value);
  }

  number(key: string, min: number, max = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'number') throw this.typeError(key, 'a number', value);
    if (value < min) throw this.error(key, `${key} must be at least ${min}, not ${value}`);
    if (!(value <= max)) throw this.error(key, `${key} must be at most ${max}, not ${value}`);
    return value;
  }

  strings(key: string): string[] {
    const value = this.value(key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.typeError(key, 'a list of texts', value);
    return value.map((entry) => {
      if (typeof entry === 'string' || typeof entry === 'number') return String(entry);
      throw this.typeError(key, 'a list of texts', entry);
    });
  }

  list(key: string): Json[] {
    const value = this.value(key);
    if (value === undefined || Array.isArray(value)) return value ?? [];
    throw this.typeError(key, 'a list', value);
  }

  map(key: string): JsonObject | undefined {
    const value = this.value(key);
    if (value === undefined || isObject(value)) return value;
    throw this.typeError(key, 'a map', value);
  }

  /** A flat or classic schema that can be stored. `ofValue`: it is one of any value. */
  schema(key: string, options: { readonly ofValue?: boolean } = {}): JsonObject | undefined {
    const schema = this.map(key);
    const part = schema && unusablePart(schema, options);
    if (!part) return schema;
    const line = Math.max(this.file.lineOf(key), this.file.lineOf(key, ...parsePointer(part.path)));
    throw new PackFileError(this.file.name, line, `${key}${part.path}: ${part.why}`);
  }

  word<T extends string>(key: string, words: readonly T[]): T | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const word = words.find((known) => known === value);
    if (word === undefined) throw this.error(key, `${key} must be ${words.join(' or ')}, not ${value}`);
    return word;
  }

  value(key: string): Json | undefined {
    this.read.add(key);
    return Object.hasOwn(this.file.value, key) ? (this.file.value[key] ?? undefined) : undefined;
  }

  error(key: string, detail: string): PackFileError {
    return new PackFileError(this.file.name, this.file.lineOf(key), detail);
  }

  private typeError(key: string, expected: string, value: Json): PackFileError {
    return this.error(key, `${key} must be ${expected}, not ${describeType(value)}`);
  }
}

const describeType = (value: Json): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : isObject(value) ? 'a map' : writeJson(value);
