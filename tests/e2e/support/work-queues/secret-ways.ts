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

export const SECRET_WAYS: Readonly<Record<string, SecretWay>> = {
  'the item itself': plain({}),
  'all items': plain({ batch_mode: 'batch' }),
  'a text as the item': plain({ item_schema: { type: 'string', secret: true } }),
  'a member': plain({ action_params: { text: '{{ item.token }}' } }),
  'a text around it': plain({ action_params: { text: 'Bearer {{ upper(item.token) }}' } }),
  'the row of the item': plain({ action_params: { text: '{{ queue_item.payload.token }}' } }),
  'a list of items': plain({ batch_mode: 'batch', action_params: { text: '{{ items[0].token }}' } }),
  'the configuration of the pack': plain({ item_schema: {}, action_params: { text: '{{ config.token }}' } }),
  'another member': { ...plain({ action_params: { text: '{{ item.name }}' } }), refused: null },
  'a secret parameter': { isDeclared: true, refused: null, parts: { item_schema } },
  'one secret parameter of two': {
    isDeclared: true,
    refused: 422,
    parts: { item_schema, action_params: { token: '{{ item.token }}', text: '{{ item.token }}' } },
  },
};
