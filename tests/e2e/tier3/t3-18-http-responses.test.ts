// Spec: core.http_request returns the text of each response, and whether it was a success.
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { claim } from '../../../helpers/scenario/claim';
import { runActionToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { startServer } from '../../../helpers/scenario/resources/mock-server';

const JSON_TEXT = '{"a":["é"]}';
const IS_JSON = { body: JSON_TEXT, json: { a: ['é'] } };
const typed = (type: string) => ({ 'content-type': type });
const packed = (encoding: string) => ({ 'content-encoding': encoding });
const text = (body: string) => ({ body, json: null });

type Row = readonly [headers: Record<string, string>, bytes: Buffer | string, output: object, status?: number];

/** Headers and body of a response, and what the output has of them. */
const RESPONSES: Readonly<Record<string, Row>> = {
  'no type': [{}, JSON_TEXT, IS_JSON],
  'a charset': [typed('text/plain; charset=iso-8859-1'), Buffer.from([0x61, 0xe9]), text('aé')],
  'a charset in quotes': [typed('application/json;Charset="utf-16le"'), Buffer.from(JSON_TEXT, 'utf16le'), IS_JSON],
  'an unknown charset': [typed('text/plain; charset=none'), 'é', text('é')],
  'bytes that are no text': [typed('text/plain'), Buffer.from([0x61, 0xff]), text('a\uFFFD')],
  'a text that is JSON': [typed('text/plain'), '[1]', { body: '[1]', json: [1] }],
  'no JSON': [typed('application/json'), '{"a":', text('{"a":')],
  gzip: [packed('gzip'), gzipSync(JSON_TEXT), IS_JSON],
  deflate: [packed('deflate'), deflateSync(JSON_TEXT), IS_JSON],
  brotli: [packed('br'), brotliCompressSync(JSON_TEXT), IS_JSON],
  'a header in capitals': [{ 'X-ONE': 'One' }, '', { headers: expect.objectContaining({ 'x-one': 'One' }) as object }],
  'nothing, with success': [{}, '', { ...text(''), status_code: 204, success: true }, 204],
  'the last success': [{}, '', { status_code: 299, success: true }, 299],
  'no success': [{}, '', { status_code: 300, success: false }, 300],
};

claim(
  'T3.18h',
  ['runners.http', 'mocks.allowed'],
  'the body of a response is a text, as its headers say',
  async (ctx) => {
    const rows = Object.entries(RESPONSES);
    const server = await startServer(ctx, ({ path }, response) => {
      const [headers, bytes, , status = 200] = rows[Number(path.slice(1))]![1];
      response.writeHead(status, headers).end(bytes);
    });

    const ended = await Promise.all(
      rows.map((_row, n) => runActionToEnd(ctx, 'core.http_request', { parameters: { url: `${server.url}/${n}` } })),
    );

    const found = rows.map(([name], n) => [
      name,
      ended[n]!.status,
      (ended[n]!.result as { readonly data: unknown }).data,
    ]);
    expect(found).toEqual(
      rows.map(([name, [, , output]]) => [name, 'completed', expect.objectContaining(output) as unknown]),
    );
  },
);
