import { parseAddressList } from '../../../platform/address-list';
import { callerAddress } from '../../../platform/auth/caller-address';

const { list: PROXIES } = parseAddressList(['10.0.0.0/8', '2001:db8::1']);
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
