import { startScriptedServer, type MockHttpServer, type Responder } from '../../fixtures/mock-http-server';
import type { Context } from '../context';

/** Starts a server to which `core.http_request` may connect; it is closed after the test. */
export async function startServer(ctx: Context, respond: Responder): Promise<MockHttpServer> {
  const server = await startScriptedServer(respond, ctx.facts.mockHost);
  ctx.defer(() => server.close());
  return server;
}

/** The address of such a server that has been closed. */
export async function closedUrl({ facts }: Context): Promise<string> {
  const server = await startScriptedServer(() => undefined, facts.mockHost);
  await server.close();
  return server.url;
}
