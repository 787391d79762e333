import { text } from 'node:stream/consumers';
import type { Json } from '../../contract/json';
import { parseJsonText } from '../../contract/json-text/parse-json-text';
import type { EgressPolicy } from '../base/http/allow-list';
import { isJsonObject } from './http-parameters';
import { runHttpRequest } from './http-request';

/**
 * The process of one `core.http_request`: parameters on stdin, the policy as its only argument.
 */
export async function httpRequestProgram(policy: string): Promise<void> {
  const given = parseJsonText(await text(process.stdin)) as Json;
  const { exitCode, stdout, stderr } = await runHttpRequest(
    isJsonObject(given) ? given : {},
    parseJsonText(policy) as EgressPolicy,
  );
  process.stderr.write(stderr);
  process.stdout.write(stdout);
  process.exitCode = exitCode;
}

if (require.main === module) void httpRequestProgram(process.argv[2] ?? '');
