import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { SandboxReport } from '../../../contract/sandbox-report';

/** A hub that stores each report once. */
export class FakeHub implements AsyncDisposable {
  private server: Server | null = null;
  private port = 0;
  private readonly byKey = new Map<unknown, SandboxReport>();
  /** Requests that were received, also those that were not answered. */
  posts = 0;
  /** Requests that are stored and not answered: their connections are closed. */
  unanswered = 0;
  /** The status of its answers. */
  status = 201;

  static async start(): Promise<FakeHub> {
    const hub = new FakeHub();
    await hub.start();
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What is stored, in the order of arrival. */
  get reports(): SandboxReport[] {
    return [...this.byKey.values()];
  }

  /** Listens, after a stop on the same port. */
  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      this.posts++;
      void json(request).then((body) => {
        if (this.status === 201) this.byKey.set(request.headers['idempotency-key'], body as SandboxReport);
        if (this.unanswered-- > 0) return request.socket.destroy();
        return response.writeHead(this.status).end(`answer of ${request.method} ${request.url}`);
      });
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (this.server === null) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    this.server = null;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
