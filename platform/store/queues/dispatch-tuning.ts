import type { DispatchTuning } from '../../../contract/queues';
import type { Json, JsonObject } from '../../../contract/json';
import { parseQueueConfig, type QueueConfig, type Tunable } from '../../core/queue/queue-config';
import { resolveTunable } from '../../core/queue/resolve-tunable';
import { shownParameters } from '../../core/rule-parameters/shown-parameters';
import type { Transaction } from '../database/connection';
import { listKeystoreEntries } from '../secrets/keys';
import type { QueueRow } from './queues';

export interface PackConfig {
  readonly config: JsonObject;
  readonly conf_schema: JsonObject;
}

const NO_CONFIG: PackConfig = { config: {}, conf_schema: {} };

/** The configuration of the queue's pack, with its schema; empty where it has none. */
export async function packConfigOf(transaction: Transaction, pack: number | null): Promise<PackConfig> {
  if (pack === null) return NO_CONFIG;
  const query = transaction.selectFrom('pack').select(['config', 'conf_schema']).where('id', '=', pack);
  return (await query.executeTakeFirst()) ?? NO_CONFIG;
}

/** What the tunables of a queue give now. */
export const loadDispatchTuning = async (transaction: Transaction, queue: QueueRow): Promise<DispatchTuning> =>
  resolveDispatchTuning(transaction, queue, {
    config: parseQueueConfig(queue.config, queue.batch_mode),
    packConfig: await packConfigOf(transaction, queue.pack),
  });

/**
 * The same with what is known already. An encrypted key gives none, and neither does what the pack
 * declares secret: the number is shown to readers.
 */
export async function resolveDispatchTuning(
  transaction: Transaction,
  queue: QueueRow,
  { config, packConfig }: { readonly config: QueueConfig; readonly packConfig: PackConfig },
): Promise<DispatchTuning> {
  const tunables: readonly Tunable[] = [config.concurrency, config.batchSize];
  const keys = new Map<string, Json>();
  if (tunables.some(({ source }) => source === 'keystore')) {
    for (const key of await listKeystoreEntries(transaction, { packRef: queue.pack_ref ?? '' }))
      if (!key.encrypted) keys.set(key.ref, key.value());
  }
  const shownConfig = shownParameters(packConfig.config, packConfig.conf_schema);
  const sources = { packConfig: shownConfig, key: (ref: string) => keys.get(ref) };
  return {
    concurrency: resolveTunable(config.concurrency, sources),
    batch_size: queue.batch_mode === 'single' ? 1 : resolveTunable(config.batchSize, sources),
  };
}
