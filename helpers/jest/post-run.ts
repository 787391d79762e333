import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { colors } from '../colors';
import { messageOf } from '../errors';

const NAME = 'Hub:         ';

/**
 * Posts the report of a run to the hub that HUB_URL names, by `tuningfork report --post`. Returns
 * the line about it, also where the hub does not receive it.
 */
export async function postRun(root: string, report: string): Promise<string> {
  try {
    const program = [join(root, 'bin/tuningfork.js'), 'report', report, '--post'];
    const child = spawn(process.execPath, program, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return child.exitCode === 0 ? NAME + stdout.trim() : colors.red(NAME + stderr.trim());
  } catch (error) {
    return colors.red(`${NAME}not posted: ${messageOf(error)}`);
  }
}
