import { createSentRequests, requestLines } from '../../../helpers/scenario/sent-requests';
import type { ObservedRequest } from '../../../helpers/scenario/sent-request';

const request = (at: number, method: string, path: string, status = 200): ObservedRequest => {
  return { at, method, path, status, ms: 20.4, query: '' };
};

test('a change has a line with the time since the first request', () => {
  const requests = [request(1_000, 'GET', '/packs'), request(1_020, 'POST', '/packs/upload', 201)];

  expect(requestLines(requests)).toEqual(['   0.020  POST /packs/upload returned 201 in 20 ms']);
});

test('a read has a line where it was rejected', () => {
  expect(requestLines([request(5, 'GET', '/rules/a', 404)])).toEqual(['   0.000  GET /rules/a returned 404 in 20 ms']);
});

test('every change is kept, and the last 500 reads', () => {
  const sent = createSentRequests();
  for (let n = 0; n < 600; n++) {
    sent.add(request(n, 'POST', `/${n}`));
    sent.add(request(n, 'GET', `/${n}`));
  }

  const of = (method: string) => sent.all().filter((each) => each.method === method);
  expect([of('POST').length, of('GET').length, of('GET')[0]?.path]).toEqual([600, 500, '/100']);
});
