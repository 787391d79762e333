import type { Json, JsonObject } from '../../../../contract/json';
import type { QueueParts } from './queue';

const item_schema = { type: 'object', properties: { token: { type: 'string', secret: true }, name: {} } };

/** Of a queue with secrets: where they would get into parameters, and whether all are secret. */
interface SecretWay {
  /** The action declares `token` secret; else nothing. */
  readonly isDeclared: boolean;
  readonly parts: QueueParts;
  readonly refused: 422 | null;
}

const plain = (parts: QueueParts): SecretWay => ({ isDeclared: false, refused: 422, parts: { item_schema, ...parts } });

const open = (parts: QueueParts): SecretWay => ({ ...plain(parts), refused: null });

/** Expressions that read the secret of the only item. */
const SECRET_OF_ITEM = [
  ...['item', 'item["token"]', 'queue_item', 'queue_item.payload', 'queue_item.payload.token', 'upper(item.token)'],
  ...['queue_item.payload | tojson', 'item.none | default(item.token)', '"a" + queue_item.payload.token'],
];
const SECRET_OF_ITEMS = [
  ...['items', 'items[0]', 'items[0].token', 'items | first', 'queue_items', 'queue_items[0].payload.token'],
  ...['length(queue_items)', '[items[0].token]'],
];
const OPEN_OF_ITEM = [
  'item.name',
  'queue_item.id',
  'queue_item.payload.name',
  'queue.ref',
  'config.region',
  'upper(item.name)',
];

/** A queue for each expression, which a text parameter gets. */
const rowsOf = (way: (parts: QueueParts) => SecretWay, expressions: readonly string[]) =>
  Object.fromEntries(expressions.map((text) => [text, way({ action_params: { text: `{{ ${text} }}` } })]));

export const SECRET_WAYS: Readonly<Record<string, SecretWay>> = {
  'the item itself': plain({}),
  'all items': plain({ batch_mode: 'batch' }),
  'a text as the item': plain({ item_schema: { type: 'string', secret: true } }),
  'a member': plain({ action_params: { text: '{{ item.token }}' } }),
  'a text around it': plain({ action_params: { text: 'Bearer {{ upper(item.token) }}' } }),
  ...rowsOf(plain, SECRET_OF_ITEM),
  ...rowsOf((parts) => plain({ ...parts, batch_mode: 'batch' }), SECRET_OF_ITEMS),
  ...rowsOf(open, OPEN_OF_ITEM),
  'the configuration of the pack': plain({ item_schema: {}, action_params: { text: '{{ config.token }}' } }),
  'a secret parameter': { isDeclared: true, refused: null, parts: { item_schema } },
  'one secret parameter of two': {
    isDeclared: true,
    refused: 422,
    parts: { item_schema, action_params: { token: '{{ item.token }}', text: '{{ item.token }}' } },
  },
};

const SECRET = { type: 'string', secret: true };
const REDACTED = { $attune_secret: true, redacted: true };

/** A schema of items, a payload with a secret, and what is shown of it. */
export const SHOWN_ITEMS = (secret: string): readonly (readonly [JsonObject, Json, Json])[] => [
  [{ type: 'object', secret: true }, { token: secret }, REDACTED],
  [{ token: SECRET }, { token: secret, open: 'o' }, { token: REDACTED, open: 'o' }],
  [{ type: 'object', properties: { token: SECRET } }, { token: secret }, { token: REDACTED }],
];
