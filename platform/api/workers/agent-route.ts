import type { Static, TSchema } from '@sinclair/typebox';
import type { FastifyRequest, FastifySchema } from 'fastify';
import type { Agent } from '../../store/workers/tenant-workers';
import type { Api } from '../http/context';

interface AgentRoute<P extends TSchema, B extends TSchema, R extends TSchema> {
  readonly path: string;
  readonly params: P;
  readonly body: B;
  /** No body is the same as an empty one. */
  readonly isBodyOptional?: boolean;
  readonly response: R;
  readonly handle: (call: AgentCall<P, B>) => Promise<Static<R>>;
}

interface AgentCall<P extends TSchema, B extends TSchema> {
  readonly agent: Agent;
  readonly params: Static<P>;
  readonly body: Static<B>;
}

/** Registers a route for the agent of an external worker, authenticated by the worker's secret. */
export function agentRoute<P extends TSchema, B extends TSchema, R extends TSchema>(
  api: Api,
  { path, params, body, isBodyOptional = false, response, handle }: AgentRoute<P, B, R>,
): void {
  if (!api.extensions) return;
  const schema: FastifySchema = { tags: ['workers'], params, body, response: { 200: response } };
  api.route({
    method: 'POST',
    url: path,
    config: { grant: null, isForAgent: true, tokens: [], isBodyOptional },
    schema,
    handler: async (request) => {
      const { agent, params, body } = request as FastifyRequest & AgentCall<P, B>;
      return handle({ agent, params, body: body ?? {} });
    },
  });
}
