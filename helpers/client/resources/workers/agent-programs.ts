import { AgentInfo, type AgentBinaryQuery } from '../../../../contract/agent-programs';
import { verb } from '../../operation';
import type { Request } from '../../request';

/** How long the programs take to arrive, ms. */
const DOWNLOAD_TIMEOUT_MS = 60_000;

/** The program that another host runs to become a worker. 503 where the platform has none. */
export const agentPrograms = (request: Request) => ({
  /** Public: needs no token. */
  info: verb('GET /agent/info', (call) => request.body(AgentInfo, call())),

  /** For a token of its own. 401 UNAUTHORIZED, 404 NOT_FOUND. */
  binary: verb('GET /agent/binary', (call, arch: AgentBinaryQuery['arch'], token: string) =>
    request.bytes({
      ...call({ query: { arch } }),
      headers: { 'X-Agent-Token': token },
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
    }),
  ),
});
