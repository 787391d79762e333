import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Claim, CreateWorker } from '../../../../contract/tenant-workers';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';
import type { Context } from '../../../../helpers/scenario/context';
import type { Condition } from '../../../../helpers/scenario/polling';
import { createExternalAgent, type ExternalAgent } from './external-agent';

/** A request that the target sent to an agent. */
export interface Delivery {
  readonly claim: Claim;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A status, with a text; `reset`: the connection ends without a response. */
export type DeliveryReply = { readonly status: number; readonly text?: string } | 'reset';

/** An external worker whose agent is an HTTP server of the test. */
export interface PushAgent extends ExternalAgent {
  readonly url: string;
  readonly deliveries: readonly Delivery[];
}

/**
 * Creates an external worker with an agent that gets its executions by push. `replyTo` gets each
 * claim, and its number from 1; its error is a refusal.
 */
export async function createPushAgent(
  ctx: Context,
  replyTo: (claim: Claim, number: number) => DeliveryReply | Promise<DeliveryReply>,
  body: Omit<CreateWorker, 'kind'> = {},
): Promise<PushAgent> {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const claim = parseJsonText(body) as Claim;
      deliveries.push({ claim, headers: request.headers, body });
      const send = (reply: DeliveryReply) =>
        reply === 'reset' ? request.socket.destroy() : response.writeHead(reply.status).end(reply.text);
      void Promise.resolve(replyTo(claim, deliveries.length)).then(send, (error: unknown) =>
        send({ status: 400, text: String(error) }),
      );
    });
  });
  await new Promise<void>((listening) => server.listen(0, ctx.facts.mockHost, listening));
  ctx.defer(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  const external = await createExternalAgent(ctx, body);
  const url = `http://${ctx.facts.mockHost}:${(server.address() as AddressInfo).port}/work`;
  await external.agent.register(external.id, { delivery_mode: 'push', url });
  return { ...external, url, deliveries };
}

/** So many deliveries have arrived, and no more. */
export const deliveriesToBe = (count: number, { id, deliveries }: PushAgent): Condition<readonly Delivery[]> => ({
  name: `${count} deliveries to the agent of worker ${id}`,
  check: () => {
    const why = `there are ${deliveries.length}`;
    if (deliveries.length > count) return Promise.resolve({ is: 'impossible', why });
    return Promise.resolve(deliveries.length === count ? { is: 'met', value: deliveries } : { is: 'pending', why });
  },
});
