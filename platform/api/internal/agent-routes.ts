import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import {
  AgentBinaryQuery,
  AgentInfo,
  NotConfigured,
  AGENT_ARCHITECTURES,
  type AgentArchitecture,
} from '../../../contract/agent-programs';
import { DomainError, requireFound } from '../../base/domain-error';
import { ignoreCodes } from '../../base/error-details';
import type { AgentPrograms } from '../../base/settings/paired';
import { asRegular, type RegularFile } from '../../files/regular-file';
import type { Api, ApiContext } from '../http/context';
import { isSameText } from '../../base/is-same-text';
import { bytesOfFile, sendBytes } from '../http/send-file';

const tags = ['agent'];
const BINARY: FastifySchema = {
  tags,
  querystring: AgentBinaryQuery,
  produces: ['application/octet-stream'],
  response: { 503: NotConfigured },
};
const NOT_CONFIGURED = {
  error: 'Not configured',
  message: 'this platform has no agent programs: its operator sets PLATFORM_AGENT_DIR and PLATFORM_AGENT_TOKEN',
} as const;

/**
 * The program that another host runs to become a worker. `info` is public; a program is given for
 * a token of its own, as a new host has no other.
 */
export function agentProgramRoutes(api: Api, { agentPrograms, version }: ApiContext): void {
  const config = { isPublic: true };

  api.get(
    '/api/v1/agent/info',
    { config, schema: { tags, response: { 200: AgentInfo, 503: NotConfigured } } },
    async (_request, reply) =>
      agentPrograms ? { architectures: await listPrograms(agentPrograms), version } : notConfigured(reply),
  );

  api.route({
    method: 'GET',
    url: '/api/v1/agent/binary',
    exposeHeadRoute: false,
    config,
    schema: BINARY,
    // Before the query is validated.
    onRequest: (request, reply, done) => {
      if (!agentPrograms) return void notConfigured(reply);
      done(hasToken(request, agentPrograms.token) ? undefined : noToken());
    },
    handler: (request, reply) => {
      const { arch } = request.query as AgentBinaryQuery;
      return agentPrograms && sendProgram(reply, agentPrograms, arch === 'arm64' ? 'aarch64' : arch);
    },
  });
}

const notConfigured = (reply: FastifyReply): FastifyReply => reply.code(503).send(NOT_CONFIGURED);

const noToken = () => new DomainError('UNAUTHORIZED', 'give PLATFORM_AGENT_TOKEN in the header X-Agent-Token');

const hasToken = ({ headers }: FastifyRequest, token: string): boolean =>
  isSameText(String(headers['x-agent-token'] ?? ''), token);

async function sendProgram(
  reply: FastifyReply,
  programs: AgentPrograms,
  arch: AgentArchitecture,
): Promise<FastifyReply> {
  const program = requireFound(await openProgram(programs, arch), `The agent program for ${arch}`);
  void reply.header('content-disposition', 'attachment; filename="attune-agent"');
  return sendBytes(reply, bytesOfFile(program));
}

type Architectures = AgentInfo['architectures'];

/** Every architecture, with the size of its program. */
const listPrograms = (programs: AgentPrograms): Promise<Architectures> =>
  Promise.all(AGENT_ARCHITECTURES.map((arch) => describeProgram(programs, arch)));

async function describeProgram(programs: AgentPrograms, arch: AgentArchitecture): Promise<Architectures[number]> {
  const program = await openProgram(programs, arch);
  await program?.file.close();
  return { arch, size_bytes: program?.size ?? 0, available: program !== null };
}

/** Null: there is no program for this architecture. The caller closes the file. */
async function openProgram({ directory }: AgentPrograms, arch: AgentArchitecture): Promise<RegularFile | null> {
  // Without O_NONBLOCK a named pipe is opened only once something writes to it.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const file = await open(join(directory, `attune-agent-${arch}`), flags).catch(ignoreCodes('ENOENT', 'ENOTDIR'));
  return file ? asRegular(file) : null;
}
