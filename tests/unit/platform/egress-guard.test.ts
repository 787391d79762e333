import { canonicalAddress, classifyAddress } from '../../../platform/base/http/addresses';
import { parseAllowList, isOnAllowList } from '../../../platform/base/http/allow-list';
import { createGuard, parseEgressUrl } from '../../../platform/egress/egress-guard';
import { createResolver, type ResolveHost } from '../../../platform/egress/resolve-host';

const POLICY = { allow: parseAllowList('127.0.0.9:8081,[fd12::1]:*,mirror.local:443') ?? [], nameServers: null };
const resolvesTo =
  (...addresses: string[]): ResolveHost =>
  () =>
    Promise.resolve(addresses);
const check = (url: string, resolve: ResolveHost = createResolver(null)) =>
  createGuard(POLICY, resolve)(parseEgressUrl(url));

test.each([
  ['8.8.8.8', 'public'], ['2606:4700::1', 'public'], ['::ffff:8.8.8.8', 'public'],
  ['127.0.0.1', 'listable'], ['10.1.2.3', 'listable'], ['100.64.0.1', 'listable'], ['::1', 'listable'], ['fd12::1', 'listable'],
  ['::ffff:10.0.0.1', 'listable'],
  ['169.254.169.254', 'never'], ['168.63.129.16', 'never'], ['fd00:ec2::254', 'never'], ['::ffff:a9fe:a9fe', 'never'],
  ['0.0.0.0', 'never'], ['::', 'never'], ['224.0.0.1', 'never'], ['ff02::1', 'never'], ['fe80::1', 'never'], ['fe80::1%eth0', 'never'],
  ['64:ff9b::7f00:1', 'never'], ['2002:7f00:1::', 'never'], ['2001::1', 'never'], ['::7f00:1', 'never'], ['fec0::1', 'never'],
  ['192.0.2.1', 'never'], ['198.18.0.1', 'never'], ['4000::1', 'never'], ['not an address', 'never'],
])('%s is %s', (address, kind) => {
  expect(classifyAddress(address).access).toBe(kind);
}); // oxfmt-ignore

test('all notations of an address have one canonical form', () => {
  expect(['::ffff:127.0.0.1', '0x7f.1', '127.1'].map(canonicalAddress)).toEqual(Array(3).fill('127.0.0.1'));
  expect(canonicalAddress('FD12:0::1')).toBe('fd12::1');
});

test.each(['host', 'host:', 'host:0', 'host:65536', 'ho st:1', '[::1]', '[no]:1', 'a:b:1'])(
  '%s is not a valid entry',
  (text) => {
    expect(parseAllowList(text)).toBeNull();
  },
);

test('an entry allows one port of one host, or every port with *', () => {
  const list = parseAllowList('127.0.0.9:8081, Mirror.local:* ,') ?? [];

  expect([
    isOnAllowList(list, '127.0.0.9', 8_081),
    isOnAllowList(list, '127.0.0.9', 8_082),
    isOnAllowList(list, '127.0.0.8', 8_081),
  ]).toEqual([true, false, false]);
  expect([isOnAllowList(list, '::ffff:127.0.0.9', 8_081), isOnAllowList(list, 'mirror.local', 1)]).toEqual([
    true,
    true,
  ]);
});

test('only listed hosts and ports of private addresses are allowed', async () => {
  await expect(check('http://127.0.0.9:8081/')).resolves.toMatchObject({ addresses: ['127.0.0.9'] });
  await expect(check('http://[fd12::1]:99/')).resolves.toMatchObject({ addresses: ['fd12::1'] });
  await expect(check('https://mirror.local/', resolvesTo('10.0.0.7'))).resolves.toMatchObject({
    addresses: ['10.0.0.7'],
  });
  await expect(check('http://mirror.local/', resolvesTo('10.0.0.7'))).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
  await expect(check('https://mirror.local/', resolvesTo('169.254.169.254'))).rejects.toMatchObject({
    code: 'EGRESS_BLOCKED',
  });
});

test('every resolved address must be allowed', async () => {
  await expect(check('http://x.test/', resolvesTo('8.8.8.8', '2606:4700::1'))).resolves.toMatchObject({
    addresses: ['8.8.8.8', '2606:4700::1'],
  });
  for (const privateAddress of ['10.0.0.1', '::1', '::ffff:127.0.0.1'])
    await expect(check('http://x.test/', resolvesTo('8.8.8.8', privateAddress))).rejects.toMatchObject({
      code: 'EGRESS_BLOCKED',
    });
});

test('the error message omits the resolved address', async () => {
  const checking = check('http://db.inside.test/', resolvesTo('10.20.30.40'));

  await expect(checking).rejects.toThrow(
    'EGRESS_BLOCKED: db.inside.test is a private address, and not allowed with this port',
  );
});

test('localhost is never sent to a name server', async () => {
  expect(await createResolver(['127.0.0.1:1'])('a.localhost')).toEqual(['127.0.0.1', '::1']);
});

test('malformed hosts are blocked and relative URLs are invalid', () => {
  for (const url of ['http://[fe80::1%25lo]/', 'http://999.1.1.1/', 'http://[::1/'])
    expect(() => parseEgressUrl(url)).toThrow('EGRESS_BLOCKED');
  for (const url of ['', 'example.com', '/path']) expect(() => parseEgressUrl(url)).toThrow('PARAMETER_INVALID');
});
