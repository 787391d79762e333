import { text } from 'node:stream/consumers';
import type { Json } from '../../contract/json';
import type { EgressPolicy } from './guard';
import { isMap } from './http-parameters';
import { httpRequest } from './http-request';

/** The process of one `core.http_request`: parameters on stdin, the policy as its only argument, the outcome as it ends. */
export async function httpRequestProgram(policy: string): Promise<void> {
  const given = JSON.parse(await text(process.stdin)) as Json;
  const { code, stdout, stderr } = await httpRequest(isMap(given) ? given : {}, JSON.parse(policy) as EgressPolicy);
  process.stderr.write(stderr);
  process.stdout.write(stdout);
  process.exitCode = code;
}
