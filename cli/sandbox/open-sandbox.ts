import { dirname } from 'node:path';
import { Ledger } from '../../tools/sandbox/ledger/ledger';
import { processStart } from '../../tools/sandbox/ledger/runner-process';
import type { Manifest } from '../../tools/sandbox/manifest/manifest';
import { newRun } from '../../tools/sandbox/ledger/run-name';
import type { Sandbox } from '../../tools/sandbox/run/sandbox';
import { BASE_DIRECTORY } from '../../tools/sandbox/stack/host-scripts';
import { MarkedTransport } from '../../tools/sandbox/transport/marked-transport';
import { mustRun } from '../../tools/sandbox/transport/transport';
import { transportOf } from '../../tools/sandbox/transport/transport-of';
import { sshConfig } from './host';
import { catchSignals, type CaughtSignals } from './signals';
import { ledgerFile } from './state-directory';

/** A run with its ledger. It has created nothing yet. */
interface OpenSandbox {
  readonly sandbox: Sandbox;
  readonly signals: CaughtSignals;
  /** RFC 3339. */
  readonly started: string;
}

/** Names a run, begins its ledger and catches signals. Throws SandboxError for a lost host. */
export async function openSandbox(root: string, manifest: Manifest, host: string): Promise<OpenSandbox> {
  const [unmarked, names] = [transportOf(host, sshConfig()), newRun(manifest.name)];
  const directory = `${(await mustRun(unmarked, BASE_DIRECTORY)).trim()}/${names.name}`;
  const ledger = new Ledger(ledgerFile(names.id));
  const signals = catchSignals();
  const started = new Date().toISOString();
  const runner = { pid: process.pid, start: processStart(process.pid)! };
  ledger.begin({ ...names, host: unmarked.host, root, directory, started, runner });
  const transport = new MarkedTransport(unmarked, names.mark);
  const places = { root, directory, results: dirname(ledger.file) };
  const sandbox = { names, manifest, transport, unmarked, ledger, ...places, stop: signals.stop };
  return { sandbox, signals, started };
}
