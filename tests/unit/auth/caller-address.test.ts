import type { IncomingHttpHeaders } from 'node:http';
import type { BlockList } from 'node:net';
import { parseAddressList } from '../../../platform/base/http/address-list';
import { callerAddress as addressOf, distrustHeaders } from '../../../platform/auth/caller-address';

const { list: PROXIES } = parseAddressList(['10.0.0.0/8', '2001:db8::1']);
const callerAddress = (remoteAddress: string | undefined, headers: IncomingHttpHeaders, proxies: BlockList) =>
  addressOf({ remoteAddress }, headers, proxies);
const FORWARDED = { 'x-forwarded-for': '203.0.113.7' };

test.each(['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'])('the proxy %s names the caller', (peer) => {
  expect(callerAddress(peer, FORWARDED, PROXIES)).toBe('203.0.113.7');
  expect(callerAddress(peer, { 'x-real-ip': '203.0.113.8' }, PROXIES)).toBe('203.0.113.8');
});

test.each(['127.0.0.1', '11.0.0.1', '2001:db8::2'])('%s, which is no proxy, is the caller itself', (peer) => {
  expect(callerAddress(peer, FORWARDED, PROXIES)).toBe(peer);
});

test('a proxy that names no caller is the caller itself', () => {
  expect(callerAddress('10.1.2.3', {}, PROXIES)).toBe('10.1.2.3');
});

test('a connection without an address has no caller', () => {
  expect(callerAddress(undefined, FORWARDED, PROXIES)).toBeNull();
});

const addressBehind = (forwarded: string) => callerAddress('10.1.2.3', { 'x-forwarded-for': forwarded }, PROXIES);

test.each([
  ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['203.0.113.7, 10.9.9.9', '203.0.113.7'],
  ['198.51.100.1,203.0.113.7,10.9.9.9 , ::ffff:10.8.8.8', '203.0.113.7'],
  ['not an address, 203.0.113.7', '203.0.113.7'],
  ['203.0.113.7:4711, [2001:db8::1]:443', '203.0.113.7'],
  ['[2001:db9::7]:4711', '2001:db9::7'],
  ['[2001:db9::7]', '2001:db9::7'],
  ['10.7.7.7, 10.9.9.9', '10.7.7.7'],
])('the caller behind the proxies of %p is %s', (forwarded, address) => {
  expect(addressBehind(forwarded)).toBe(address);
});

test.each(['', ',', '203.0.113.7,', '203.0.113.7, x', 'localhost', '203.0.113', 'for=203.0.113.7', 'x, 10.9.9.9'])(
  'a proxy that names %p names no address',
  (forwarded) => {
    expect(addressBehind(forwarded)).toBeNull();
  },
);

test('the list of a peer that is no proxy has no effect', () => {
  expect(callerAddress('127.0.0.1', { 'x-forwarded-for': '203.0.113.7, 10.9.9.9' }, PROXIES)).toBe('127.0.0.1');
});

test('a socket for programs names no other address, from whatever peer', () => {
  const socket = { remoteAddress: '::ffff:10.1.2.3' };
  distrustHeaders(socket);

  expect(addressOf(socket, FORWARDED, PROXIES)).toBe('10.1.2.3');
});
