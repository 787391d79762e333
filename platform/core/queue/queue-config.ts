import { isObject, type Json, type JsonObject } from '../../../contract/json';

/** A part of a queue's configuration is invalid. `path` starts with `config`. */
export class QueueConfigError extends Error {
  constructor(
    readonly path: string,
    problem: string,
  ) {
    super(`${path} ${problem}`);
    this.name = 'QueueConfigError';
  }
}

/** A number that is given as it is, or read when items are leased. */
export type Tunable =
  | { readonly source: 'literal'; readonly value: number }
  | { readonly source: 'pack_config'; readonly path: string; readonly fallback: number | null }
  | {
      readonly source: 'keystore';
      readonly keyRef: string;
      readonly path: string | null;
      readonly fallback: number | null;
    };

export interface QueueConfig {
  readonly concurrency: Tunable;
  readonly batchSize: Tunable;
  /** Attempts of an item after its first. */
  readonly retryLimit: number;
  readonly delaySeconds: number;
  readonly coalescing: { readonly groupByPath: string; readonly acrossPriorities: boolean } | null;
  readonly ackVersion: number;
}

const MAX_INTEGER = 2_147_483_647;
const ONE: Tunable = { source: 'literal', value: 1 };

/** Throws QueueConfigError, also for an unknown key. */
export function parseQueueConfig(config: JsonObject, batchMode: 'single' | 'batch'): QueueConfig {
  const root = members(config, 'config', ['dispatch', 'ack_contract']);
  const dispatch = members(root.dispatch ?? {}, 'config.dispatch', [
    ...['concurrency', 'batch_size', 'retry_limit', 'inter_execution_delay_seconds', 'coalescing'],
  ]);
  const ack = members(root.ack_contract ?? {}, 'config.ack_contract', ['version']);
  const at = (name: string) => `config.dispatch.${name}`;
  return {
    concurrency: parseTunable(dispatch.concurrency, at('concurrency')),
    batchSize: parseTunable(dispatch.batch_size, at('batch_size')),
    retryLimit: integer(dispatch.retry_limit ?? 0, at('retry_limit'), 0),
    delaySeconds: integer(dispatch.inter_execution_delay_seconds ?? 0, at('inter_execution_delay_seconds'), 0),
    coalescing: parseCoalescing(dispatch.coalescing, batchMode),
    ackVersion: integer(ack.version ?? 1, 'config.ack_contract.version', 1),
  };
}

function parseCoalescing(value: Json | undefined, batchMode: string): QueueConfig['coalescing'] {
  if (value === undefined || value === null) return null;
  const path = 'config.dispatch.coalescing';
  const fields = members(value, path, ['enabled', 'group_by_path', 'across_priorities']);
  const { enabled = true, group_by_path: groupByPath, across_priorities: acrossPriorities = false } = fields;
  if (typeof enabled !== 'boolean') throw new QueueConfigError(`${path}.enabled`, 'must be true or false');
  if (typeof acrossPriorities !== 'boolean')
    throw new QueueConfigError(`${path}.across_priorities`, 'must be true or false');
  if (enabled && batchMode !== 'batch') throw new QueueConfigError(path, 'needs batch_mode batch');
  if (!enabled && groupByPath === undefined) return null;
  return enabled ? { groupByPath: text(groupByPath, `${path}.group_by_path`), acrossPriorities } : null;
}

const TUNABLE_FIELDS = {
  literal: ['source', 'value'],
  pack_config: ['source', 'path', 'fallback'],
  keystore: ['source', 'key_ref', 'path', 'fallback'],
} as const;

function parseTunable(value: Json | undefined, path: string): Tunable {
  if (value === undefined || value === null) return ONE;
  const source = isObject(value) ? value.source : undefined;
  if (source !== 'literal' && source !== 'pack_config' && source !== 'keystore')
    throw new QueueConfigError(`${path}.source`, 'must be literal, pack_config or keystore');
  const fields = members(value, path, TUNABLE_FIELDS[source]);
  if (source === 'literal') return { source, value: integer(fields.value, `${path}.value`, 1) };
  const fallback = fields.fallback === undefined ? null : integer(fields.fallback, `${path}.fallback`, 1);
  if (source === 'pack_config') return { source, path: text(fields.path, `${path}.path`), fallback };
  const inside = fields.path === undefined ? null : text(fields.path, `${path}.path`);
  return { source, keyRef: text(fields.key_ref, `${path}.key_ref`), path: inside, fallback };
}

function members(value: Json, path: string, known: readonly string[]): JsonObject {
  if (!isObject(value)) throw new QueueConfigError(path, 'must be an object');
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new QueueConfigError(`${path}.${unknown}`, 'is unknown');
  return value;
}

function integer(value: Json | undefined, path: string, min: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= MAX_INTEGER) return value;
  throw new QueueConfigError(path, `must be a whole number from ${min} to ${MAX_INTEGER}`);
}

function text(value: Json | undefined, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new QueueConfigError(path, 'must be a text that is not empty');
}
