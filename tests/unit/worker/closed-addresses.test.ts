import { parseAllowList } from '../../../platform/base/http/allow-list';
import { closedAddresses } from '../../../platform/worker/isolation/closed-addresses';

const NONE = { host: '192.0.2.1', ports: [] };
const NO_WARNING = (text: string) => fail(text);
const fail = (text: string) => {
  throw new Error(text);
};
const DEFAULTS = { platform: NONE, allow: [], nameServers: null, ofHost: true, hostNameServers: [] };

const allowedBy = async (options: Partial<Parameters<typeof closedAddresses>[0]>) =>
  (await closedAddresses({ ...DEFAULTS, onWarning: NO_WARNING, ...options })).allowed;

test('link-local and metadata addresses are closed, whatever else is', async () => {
  for (const ofHost of [true, false])
    expect(await closedAddresses({ ...DEFAULTS, onWarning: NO_WARNING, ofHost })).toEqual({
      ranges: [
        ...['169.254.0.0/16', 'fe80::/10', '169.254.169.254', '169.254.170.2'],
        ...['100.100.100.200', '168.63.129.16', 'fd00:ec2::254'],
      ],
      ofHost,
      allowed: [],
    });
});

test('the platform is reached at its address and ports', async () => {
  expect(await allowedBy({ platform: { host: '127.0.0.1', ports: [8_080, 8_081] } })).toEqual([
    ['127.0.0.1', 8_080],
    ['127.0.0.1', 8_081],
  ]);
  expect(await allowedBy({ platform: { host: '::1', ports: [1] } })).toEqual([['::1', 1]]);
  expect(await allowedBy({ platform: { host: '192.0.2.1', ports: [1] } })).toEqual([['192.0.2.1', 1]]);
});

test('what requests may reach is listed with its port, or with all', async () => {
  const allow = parseAllowList('127.0.0.2:*,[::1]:9000,localhost:5,192.0.2.1:1,[::ffff:127.0.0.3]:7')!;

  expect(await allowedBy({ allow })).toEqual([
    ['127.0.0.2', 0],
    ['::1', 9_000],
    ['127.0.0.1', 5],
    ['::1', 5],
    ['192.0.2.1', 1],
    ['127.0.0.3', 7],
  ]);
});

test('a name that has no address is reported, and opens nothing', async () => {
  const warnings: string[] = [];
  const onWarning = (text: string) => void warnings.push(text);

  expect(await allowedBy({ allow: parseAllowList('mirror.invalid:80,mirror.invalid:81')!, onWarning })).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(/^programs reach mirror\.invalid only where it is no address of this host: /),
  ]);
});

test('name servers of the host and of requests are listed', async () => {
  const hostNameServers = ['127.0.0.53', '192.0.2.53', '127.0.0.1:5353', '::1', '[::1]:54', 'fe80::1%eth0'];

  expect(await allowedBy({ nameServers: ['127.0.0.4:55'], hostNameServers })).toEqual([
    ['127.0.0.4', 55],
    ['127.0.0.53', 53],
    ['192.0.2.53', 53],
    ['127.0.0.1', 5_353],
    ['::1', 53],
    ['::1', 54],
    ['fe80::1', 53],
  ]);
});
