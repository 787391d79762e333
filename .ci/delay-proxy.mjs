// delay-proxy.mjs MS URL...: listens on a free port for each URL, and passes everything on; what a
// client sends arrives MS later. HTTP, WebSockets and event streams alike. Prints the new URLs on
// one line, and runs until stdin ends.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { pipeline, Transform } from 'node:stream';

const [delayMs, ...urls] = process.argv.slice(2);

/** Passes each chunk on after the delay; timers of one duration keep their order. */
const delay = (ms) =>
  new Transform({
    transform(chunk, _encoding, done) {
      setTimeout(() => this.push(chunk), ms);
      done();
    },
    flush: (done) => void setTimeout(done, ms),
  });

async function listen(url) {
  const { hostname, port } = new URL(url);
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const upstream = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
    // Either side may end its connection at any time.
    pipeline(client, delay(Number(delayMs)), upstream, () => client.destroy());
    pipeline(upstream, client, () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

console.log((await Promise.all(urls.map(listen))).join(' '));
process.stdin.resume().once('end', () => process.exit());
