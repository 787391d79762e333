import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { addressToUse, platformUrl } from '../../../helpers/target/platform-url';

test.each([
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
  ['localhost:8080', 'http://localhost:8080'],
  ['127.0.0.1:8080/api/v1', 'http://127.0.0.1:8080'],
  ['[::1]:8080', 'http://[::1]:8080'],
  ['build1:8080', 'http://build1:8080'],
  ['localhost', 'http://localhost'],
  [' attune.example.org ', 'http://attune.example.org'],
  ['https://attune.example.org/api/v1/', 'https://attune.example.org'],
  ['https://attune.example.org/api', 'https://attune.example.org'],
  ['HTTP://Host:8080/attune/api/v1//', 'http://host:8080/attune'],
  ['https://host/attune', 'https://host/attune'],
  ['https://host/myapi', 'https://host/myapi'],
])('%s names the platform at %s', (address, url) => {
  expect(platformUrl(address)).toBe(url);
});

test.each([
  ['nonsense', 'PLATFORM_URL=nonsense is not a URL: expected http://host:port'],
  ['', 'is not a URL'],
  [':8080', 'is not a URL'],
  ['http://', 'is not a URL'],
  ['http:/host:8080', 'is not a URL'],
  ['host:port', 'is not a URL'],
  ['ws://host:8080', 'is not the address of an API: expected http://host:port'],
  ['http://host:8080/?a=1', 'is not the address of an API'],
  ['http://admin@host', 'the address has a login'],
])('%s is not the address of a platform', (address, message) => {
  expect(() => platformUrl(address)).toThrow(message);
});

test('a password in an address is not repeated', () => {
  const address = ['http://admin', 'hunter2@host'].join(':');

  expect(() => platformUrl(address)).toThrow(/^(?!.*hunter2)/);
});

test.each(['::1', '::1:8080', 'http://::1:8080', 'fe80::1:8080/api/v1'])('%s needs brackets', (address) => {
  expect(() => platformUrl(address)).toThrow(`PLATFORM_URL=${address} is not a URL: expected http://[address]:port`);
});

test('an address without a platform is explained by what responds there', async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/health' ? 200 : 404;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect(await addressToUse(`https://${host}`)).toBe(`; use http://${host}`);
    expect(await addressToUse(`http://${host}/docs`)).toBe(`; use http://${host}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
  expect(await addressToUse(`http://${host}`)).toBe('');
});
