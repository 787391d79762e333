import { Readable } from 'node:stream';
import { parseServerEvents } from '../../../helpers/client/server-events';

const TEXT = ': comment\n\nevent: done\ndata: \n\nid: 7\ndata: ä\ndata: b\n\nevent: cut\ndata: off';

test.each([1, 2, 1_000])('events are parsed from chunks of %d bytes', async (size) => {
  const bytes = Buffer.from(TEXT);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  );

  expect(await Readable.from(parseServerEvents(Readable.from(chunks))).toArray()).toEqual([
    { event: 'done', id: '', data: '' },
    { event: 'message', id: '7', data: 'ä\nb' },
  ]);
});
