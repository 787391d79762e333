import { Type, type Static } from '@sinclair/typebox';

/** The architectures that an agent program may be there for. */
export const AGENT_ARCHITECTURES = ['x86_64', 'aarch64'] as const;
export type AgentArchitecture = (typeof AGENT_ARCHITECTURES)[number];

/** `GET /api/v1/agent/info`: the agent programs that this platform gives to other hosts. */
export const AgentInfo = Type.Object({
  architectures: Type.Array(
    Type.Object({
      arch: Type.Unsafe<AgentArchitecture>({ type: 'string', enum: AGENT_ARCHITECTURES }),
      size_bytes: Type.Integer(),
      available: Type.Boolean(),
    }),
  ),
  version: Type.String(),
});
export type AgentInfo = Static<typeof AgentInfo>;

/** The response of a platform that gives none. */
export const NotConfigured = Type.Object({ error: Type.Literal('Not configured'), message: Type.String() });

/** `arm64` is another name of `aarch64`. */
export const AgentBinaryQuery = Type.Object({
  arch: Type.Union([Type.Literal('x86_64'), Type.Literal('aarch64'), Type.Literal('arm64')]),
});
export type AgentBinaryQuery = Static<typeof AgentBinaryQuery>;
