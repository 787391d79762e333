import type { Command } from 'commander';
import { examples } from '../examples';

const HELP = `${examples([
  ['npx tuningfork doctor', 'print one line for each requirement'],
  ['npx tuningfork doctor --json', 'print the same as JSON; exit 3 when a requirement is missing'],
  ['npx tuningfork doctor --target http://127.0.0.1:8080', 'print what the suite would prove on that platform'],
])}

--target logs in with TEST_USER_LOGIN and TEST_USER_PASSWORD, applies the target file that E2E_TARGET_NAME names, and
runs the probes of a run, but no claim. See docs/targets.md.

Exit codes: 0 ready; 2 an option is invalid, or --target is no address; 3 a requirement is missing, or the suite cannot
use the platform; 4 an object that a probe created is still on the platform; 5 a run of all claims would end with 5: the
target file differs, or nothing can be proven.`;

/** `tuningfork doctor`. */
export function addDoctor(tuningfork: Command): void {
  tuningfork
    .command('doctor')
    .description('check the requirements on this machine, or which claims another platform can prove')
    .option('--target <url>', 'probe the platform at this address, with the environment variables of the suite')
    .option('--json', 'print the findings as one JSON document')
    .addHelpText('after', HELP)
    .action(async ({ target, json = false }: { target?: string; json?: boolean }) => {
      if (target === undefined) {
        const { doctor } = await import('./doctor');
        await doctor(json);
      } else {
        const { doctorTarget } = await import('./doctor-target');
        await doctorTarget(target, json);
      }
    });
}
