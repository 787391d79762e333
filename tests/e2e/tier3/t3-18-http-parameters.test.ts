// Spec: each parameter of core.http_request has its declared effect, whatever other ones say.
import { sendJson, type RecordedRequest } from '../../../helpers/fixtures/mock-http-server';
import { claim } from '../../../helpers/scenario/claim';
import { runActionToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { startServer } from '../../../helpers/scenario/resources/mock-server';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;
const BEARER = { auth_type: 'bearer', auth_token: 'token' };
const LOGIN = { auth_type: 'basic', auth_username: 'me', auth_password: 'pä:ss' };
const OWN = { headers: { AuthoriZation: 'Own 1' } };

type Row = readonly [parameters: Parameters, sent: Readonly<Record<string, unknown>>, url?: string];

/** Parameters, what the server receives because of them, and the address after the host. */
const ROWS: Readonly<Record<string, Row>> = {
  'no headers': [{}, { accept: '*/*', 'content-type': undefined, authorization: undefined }],
  'a header in another case': [{ headers: { ACCEPT: 'text/x', 'X-One': '1' } }, { accept: 'text/x', 'x-one': '1' }],
  'headers that are no texts': [{ headers: { 'x-n': 1, 'x-o': { a: [true] } } }, { 'x-n': '1', 'x-o': '{"a":[true]}' }],
  'the type of a document': [
    { method: 'POST', json_body: 1, headers: { 'Content-Type': 'application/own+json' } },
    { 'content-type': 'application/own+json', method: 'POST', body: '1' },
  ],
  'a document and a text': [
    { method: 'PUT', json_body: { a: 1 }, body: 'text' },
    { 'content-type': 'application/json', method: 'PUT', body: '{"a":1}' },
  ],
  'a text': [
    { method: 'PATCH', body: 'text' },
    { 'content-type': undefined, method: 'PATCH', body: 'text' },
  ],
  'an own authorization': [OWN, { authorization: 'Own 1' }],
  'a bearer': [BEARER, { authorization: 'Bearer token' }],
  'a log-in': [LOGIN, { authorization: basic('me:pä:ss') }],
  'a log-in without a password': [{ ...LOGIN, auth_password: null }, { authorization: basic('me:') }],
  'none, with a token': [{ ...BEARER, auth_type: 'none' }, { authorization: undefined }],
  'a bearer beside an own authorization': [{ ...BEARER, ...OWN }, { authorization: 'Bearer token' }],
  'a log-in in the address': [{}, { authorization: basic('in:url') }, 'in:url'],
  'an own authorization beside the address': [OWN, { authorization: 'Own 1' }, 'in:url'],
  'a bearer beside the address': [BEARER, { authorization: 'Bearer token' }, 'in:url'],
};

/** What the server has received, in the names of the row. */
const receivedOf = ({ method, body, headers }: RecordedRequest, sent: Row[1]): Record<string, unknown> => {
  const all: Record<string, unknown> = { ...headers, method, body };
  return Object.fromEntries(Object.keys(sent).map((name) => [name, all[name]]));
};

/** How many redirects a path has, what the request says of them, and how many are followed. */
const REDIRECTS: readonly (readonly [count: number, parameters: Parameters, followed: number, status: string])[] = [
  [10, {}, 10, 'completed'],
  [11, {}, 10, 'failed'],
  [1, { max_redirects: 0 }, 0, 'failed'],
  [2, { max_redirects: 1 }, 1, 'failed'],
  [2, { max_redirects: 2 }, 2, 'completed'],
  [2, { follow_redirects: false }, 0, 'completed'],
  [2, { follow_redirects: false, max_redirects: 2 }, 0, 'completed'],
];

claim(
  'T3.18g',
  ['runners.http', 'mocks.allowed'],
  'each parameter of a request has its declared effect',
  async (ctx) => {
    const server = await startServer(ctx, ({ path }, response) => {
      const [, name, left = '0'] = /^\/moved\/(\d+)\/(\d+)$/.exec(path) ?? [];
      if (Number(left) === 0) return sendJson(response, {});
      response.writeHead(302, { location: `/moved/${name}/${Number(left) - 1}` }).end();
    });
    const send = (parameters: Parameters) => runActionToEnd(ctx, 'core.http_request', { parameters });
    const rows = Object.entries(ROWS);

    const ended = await Promise.all(
      rows.map(([, [parameters, , login]], n) => {
        const base = login === undefined ? server.url : server.url.replace('//', `//${login}@`);
        return send({ ...parameters, url: `${base}/row/${n}?signed=a%2fb%20c`, query_params: { n } });
      }),
    );
    const redirected = await Promise.all(
      REDIRECTS.map(([count, parameters], n) => send({ ...parameters, url: `${server.url}/moved/${n}/${count}` })),
    );

    const requestsOf = (start: string) => server.requests.filter(({ path }) => path.startsWith(start));
    const received = rows.map(([name, [, sent]], n) => [
      name,
      requestsOf(`/row/${n}?`).map((request) => [request.path, receivedOf(request, sent)]),
    ]);
    const expected = rows.map(([name, [, sent]], n) => [name, [[`/row/${n}?signed=a%2fb%20c&n=${n}`, sent]]]);
    expect(Object.fromEntries(received)).toEqual(Object.fromEntries(expected));
    expect(ended.map(({ status }) => status)).toEqual(rows.map(() => 'completed'));
    expect(redirected.map(({ status }, n) => [requestsOf(`/moved/${n}/`).length - 1, status])).toEqual(
      REDIRECTS.map(([, , followed, status]) => [followed, status]),
    );
  },
);
