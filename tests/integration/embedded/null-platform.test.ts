import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sized } from '../../../helpers/sized';
import { runSuite } from './run-suite';
import { testDirectory } from '../../test-directory';

jest.setTimeout(120_000);

const respond =
  (body: object): RequestListener =>
  (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

/** The second one takes as long as the suite waits for responses. */
const PLATFORMS: [string, RequestListener][] = [
  ['agrees to everything', respond({ data: {}, items: [], status: 'ok', access_token: 'x', token_type: 'Bearer' })],
  ['never answers', () => undefined],
];

test.each(PLATFORMS.slice(0, sized({ ci: 1, full: 2 })))(
  'SC-04 no test passes on a platform that %s',
  async (_what, answer) => {
    const directory = testDirectory();
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');

    const { code, output } = await runSuite(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, directory);

    server.closeAllConnections();
    server.close();
    expect(code).toBe(3);
    expect(output).not.toMatch(/Tests:.* [1-9]\d* passed/);
  },
);
