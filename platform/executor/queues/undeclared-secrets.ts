import type { JsonObject } from '../../../contract/json';
import { undeclaredQueueSecrets, type QueueParameters } from '../../core/queue/secret-parameters';
import { servesExtensions, type Transaction } from '../../store/database/connection';

/**
 * Parameters of a queue's executions that would get a secret and are not declared secret, as
 * paths. Attune knows no secrets of items.
 */
export const undeclaredSecretsOf = (
  transaction: Transaction,
  queue: QueueParameters,
  configSchema: JsonObject,
  paramSchema: JsonObject | null,
): string[] =>
  undeclaredQueueSecrets(
    servesExtensions(transaction) ? queue : { ...queue, item_schema: {} },
    configSchema,
    paramSchema,
  );
