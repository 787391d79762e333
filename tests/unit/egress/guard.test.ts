import { canonical, kindOf } from '../../../platform/egress/addresses';
import { allowListOf, isAllowed } from '../../../platform/egress/allow-list';
import { guardOf, urlOf } from '../../../platform/egress/guard';
import { resolverOf, type Resolve } from '../../../platform/egress/resolve';

const POLICY = { allow: allowListOf('127.0.0.9:8081,[fd12::1]:*,mirror.local:443') ?? [], nameServers: null };
const resolving =
  (...addresses: string[]): Resolve =>
  () =>
    Promise.resolve(addresses);
const ask = (url: string, resolve: Resolve = resolverOf(null)) => guardOf(POLICY, resolve)(urlOf(url));

test.each([
  ['8.8.8.8', 'public'], ['2606:4700::1', 'public'], ['::ffff:8.8.8.8', 'public'],
  ['127.0.0.1', 'listable'], ['10.1.2.3', 'listable'], ['100.64.0.1', 'listable'], ['::1', 'listable'], ['fd12::1', 'listable'],
  ['::ffff:10.0.0.1', 'listable'],
  ['169.254.169.254', 'never'], ['168.63.129.16', 'never'], ['fd00:ec2::254', 'never'], ['::ffff:a9fe:a9fe', 'never'],
  ['0.0.0.0', 'never'], ['::', 'never'], ['224.0.0.1', 'never'], ['ff02::1', 'never'], ['fe80::1', 'never'], ['fe80::1%eth0', 'never'],
  ['64:ff9b::7f00:1', 'never'], ['2002:7f00:1::', 'never'], ['2001::1', 'never'], ['::7f00:1', 'never'], ['fec0::1', 'never'],
  ['192.0.2.1', 'never'], ['198.18.0.1', 'never'], ['4000::1', 'never'], ['no address', 'never'],
])('%s is %s', (address, kind) => {
  expect(kindOf(address).is).toBe(kind);
}); // prettier-ignore

test('one address has one spelling', () => {
  expect(['::ffff:127.0.0.1', '0x7f.1', '127.1'].map(canonical)).toEqual(Array(3).fill('127.0.0.1'));
  expect(canonical('FD12:0::1')).toBe('fd12::1');
});

test.each(['host', 'host:', 'host:0', 'host:65536', 'ho st:1', '[::1]', '[no]:1', 'a:b:1'])(
  '%s is no entry',
  (text) => {
    expect(allowListOf(text)).toBeNull();
  },
);

test('an entry opens one port of one host, or every port where it says so', () => {
  const list = allowListOf('127.0.0.9:8081, Mirror.local:* ,') ?? [];

  expect([
    isAllowed(list, '127.0.0.9', 8_081),
    isAllowed(list, '127.0.0.9', 8_082),
    isAllowed(list, '127.0.0.8', 8_081),
  ]).toEqual([true, false, false]);
  expect([isAllowed(list, '::ffff:127.0.0.9', 8_081), isAllowed(list, 'mirror.local', 1)]).toEqual([true, true]);
});

test('what the list names may be asked, and nothing beside it', async () => {
  await expect(ask('http://127.0.0.9:8081/')).resolves.toMatchObject({ addresses: ['127.0.0.9'] });
  await expect(ask('http://[fd12::1]:99/')).resolves.toMatchObject({ addresses: ['fd12::1'] });
  await expect(ask('https://mirror.local/', resolving('10.0.0.7'))).resolves.toMatchObject({ addresses: ['10.0.0.7'] });
  await expect(ask('http://mirror.local/', resolving('10.0.0.7'))).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
  await expect(ask('https://mirror.local/', resolving('169.254.169.254'))).rejects.toMatchObject({
    code: 'EGRESS_BLOCKED',
  });
});

test('of several answers each must do, and what it is told is what is connected to', async () => {
  await expect(ask('http://x.test/', resolving('8.8.8.8', '2606:4700::1'))).resolves.toMatchObject({
    addresses: ['8.8.8.8', '2606:4700::1'],
  });
  for (const inside of ['10.0.0.1', '::1', '::ffff:127.0.0.1'])
    await expect(ask('http://x.test/', resolving('8.8.8.8', inside))).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
});

test('a refusal does not tell what a name resolves to', async () => {
  const asked = ask('http://db.inside.test/', resolving('10.20.30.40'));

  await expect(asked).rejects.toThrow(
    'EGRESS_BLOCKED: db.inside.test is a private address, and not allowed with this port',
  );
});

test('localhost is this host, whatever a name server says', async () => {
  expect(await resolverOf(['127.0.0.1:1'])('a.localhost')).toEqual(['127.0.0.1', '::1']);
});

test('a host that can only be meant to be misread is refused, and no address is no address', () => {
  for (const url of ['http://[fe80::1%25lo]/', 'http://999.1.1.1/', 'http://[::1/'])
    expect(() => urlOf(url)).toThrow('EGRESS_BLOCKED');
  for (const url of ['', 'example.com', '/path']) expect(() => urlOf(url)).toThrow('PARAMETER_INVALID');
});
