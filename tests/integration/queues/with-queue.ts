import type { CreateQueue, Queue, QueueItem } from '../../../contract/queues';
import type { JsonObject } from '../../../contract/json';
import { randomName } from '../../../helpers/scenario/names';
import type { ApiOptions } from '../api/with-api';
import { withWebhook } from '../api/with-webhook';

/** The API on a database of its own, with the pack `demo`, and what queues are tested with. */
export function withQueueApi(options?: ApiOptions) {
  const webhook = withWebhook(options);
  const { send, dataOf } = webhook;

  const create = (more: Partial<CreateQueue> = {}): Promise<Queue> => {
    const queue = { ref: `q${randomName(8)}`, label: 'Q', dispatch_action_ref: 'core.echo', ...more };
    return dataOf<Queue>(send('POST', '/queues', queue));
  };
  const enqueue = (ref: string, item: JsonObject) => send('POST', `/queues/${ref}/items`, item);
  const items = async (ref: string, query = ''): Promise<QueueItem[]> =>
    webhook.itemsOf<QueueItem>(`/queues/${ref}/items?${query}`);
  const codeOf = async (sent: ReturnType<typeof send>) => {
    const response = await sent;
    return [response.statusCode, response.json<{ code?: string }>().code];
  };
  return { ...webhook, create, enqueue, items, codeOf };
}
