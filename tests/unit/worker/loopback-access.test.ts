import { parseAllowList } from '../../../platform/egress/allow-list';
import { allowedLoopback } from '../../../platform/worker/isolation/loopback-access';

const PLATFORM = { host: '127.0.0.1', ports: [8_080, 8_081] };
const NONE = { allow: [], nameServers: null };

test('the platform is reached, and nothing else', () => {
  expect(allowedLoopback(PLATFORM, NONE, [])).toEqual([
    ['127.0.0.1', 8_080],
    ['127.0.0.1', 8_081],
  ]);
  expect(allowedLoopback({ host: '::1', ports: [1] }, NONE, [])).toEqual([['::1', 1]]);
  expect(allowedLoopback({ host: '192.0.2.1', ports: [1] }, NONE, [])).toEqual([]);
});

test('what requests may reach is listed with its port, or with all', () => {
  const allow = parseAllowList('127.0.0.2:*,[::1]:9000,localhost:5,192.0.2.1:1,mirror.local:80,[::ffff:127.0.0.3]:7')!;

  expect(allowedLoopback({ host: '192.0.2.1', ports: [] }, { allow, nameServers: null }, [])).toEqual([
    ['127.0.0.2', 0],
    ['::1', 9_000],
    ['127.0.0.1', 5],
    ['::1', 5],
    ['127.0.0.3', 7],
  ]);
});

test('name servers of the host and of requests are listed', () => {
  const servers = ['127.0.0.53', '192.0.2.53', '127.0.0.1:5353', '::1', '[::1]:54'];

  expect(
    allowedLoopback({ host: '192.0.2.1', ports: [] }, { allow: [], nameServers: ['127.0.0.4:55'] }, servers),
  ).toEqual([
    ['127.0.0.4', 55],
    ['127.0.0.53', 53],
    ['127.0.0.1', 5_353],
    ['::1', 53],
    ['::1', 54],
  ]);
});
