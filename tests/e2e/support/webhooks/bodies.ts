import type { Json } from '../../../../contract/json';

/** A body, its type (`false`: none), and the payload that it is, or the status of its refusal. */
interface BodyRow {
  readonly type?: string | false;
  readonly body: string;
  readonly payload?: Json;
  readonly refused?: number;
}

const FORM = 'application/x-www-form-urlencoded';

export const RAW_BODIES: Readonly<Record<string, BodyRow>> = {
  'an object': { body: '{"payload":{"n":1},"ref":"main"}', payload: { payload: { n: 1 }, ref: 'main' } },
  'a list': { body: '[1,{"a":null}]', type: 'application/vnd.api+json; charset=utf-8', payload: [1, { a: null }] },
  'JSON as text': { body: '{"a":1}', type: 'text/json', payload: { a: 1 } },
  'a text': { body: '"ping"', type: 'text/plain', payload: 'ping' },
  'JSON in capitals': { body: '{"a":3}', type: 'Application/JSON', payload: { a: 3 } },
  'JSON with a blank before the charset': {
    body: '{"a":4}',
    type: 'application/json ; charset=UTF-8',
    payload: { a: 4 },
  },
  'a text in capitals': { body: '"pong"', type: 'TEXT/Plain;charset=utf-8', payload: 'pong' },
  'without a type': { body: '{"a":2}', type: false, payload: { a: 2 } },
  null: { body: 'null', payload: null },
  'after a byte order mark': { body: '\ufeff{"a":1}', payload: { a: 1 } },
  'a form': {
    body: 'payload=%7B%22ref%22%3A%22main%22%7D&label=a+b&label=&label=c&caf%C3%A9=%2B',
    type: FORM,
    payload: { payload: '{"ref":"main"}', label: ['a b', '', 'c'], café: '+' },
  },
  'a form in capitals': { body: 'a=1', type: `${FORM.toUpperCase()}; charset=UTF-8`, payload: { a: '1' } },
  nothing: { body: '', refused: 400 },
  'no JSON': { body: '{"a":', refused: 400 },
  'a form as JSON': { body: 'a=1', refused: 400 },
  'a NUL in a form': { body: 'a=%00', type: FORM, refused: 422 },
  'a NUL in a document': { body: '{"a":"\\u0000"}', refused: 422 },
  XML: { body: '<a/>', type: 'application/xml', refused: 415 },
  'JSON as a script': { body: '{}', type: 'text/javascript', refused: 415 },
  'a form in parts': {
    body: '--x--',
    type: 'multipart/form-data; boundary=x',
    refused: 415,
  },
};

/** Of a webhook that takes the envelope. */
export const ENVELOPES: Readonly<Record<string, BodyRow>> = {
  'an envelope': { body: '{"payload":{"n":1}}', payload: { n: 1 } },
  'an envelope of any type': { body: '{"payload":2}', type: FORM, payload: 2 },
  'an envelope after a byte order mark': { body: '\ufeff{"payload":3}', payload: 3 },
  'a document': { body: '{"ref":"main"}', refused: 400 },
  'a NUL': { body: '{"payload":"\\u0000"}', refused: 422 },
  'a form': { body: 'payload=1', type: FORM, refused: 400 },
};
