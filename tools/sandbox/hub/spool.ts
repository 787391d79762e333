import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxReport } from '../../../contract/sandbox-report';
import { namesIn } from '../read-if-present';
import type { Delivery } from './post-report';

/** Reports that no hub has received: one file each, whose names are in the order of the runs. */
export class Spool {
  /** `directory` is created when the first report is added. */
  constructor(readonly directory: string) {}

  /** Where the reports are that the hub has rejected. */
  get rejected(): string {
    return join(this.directory, 'rejected');
  }

  /** Stores a report, complete or not at all. Returns its name. */
  add({ started_at: started, run }: Pick<SandboxReport, 'started_at' | 'run'>, body: string): string {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const name = `${started.replaceAll(/[^0-9TZ]/g, '')}-${run.id}.json`;
    writeDurably(join(this.directory, name), body);
    return name;
  }

  /** Names of the reports that wait, oldest first. */
  names(): string[] {
    return reportsIn(this.directory);
  }

  /** Names of the reports that the hub has rejected, oldest first. */
  rejectedNames(): string[] {
    return reportsIn(this.rejected);
  }

  read(name: string): string {
    return readFileSync(join(this.directory, name), 'utf8');
  }

  remove(name: string): void {
    rmSync(join(this.directory, name));
  }

  /** Sets a report aside, with the words of the hub beside it. It is not posted again. */
  reject(name: string, reason: string): void {
    mkdirSync(this.rejected, { recursive: true, mode: 0o700 });
    writeDurably(join(this.rejected, name.replace(/\.json$/, '.reason')), `${reason}\n`);
    renameSync(join(this.directory, name), join(this.rejected, name));
  }
}

/** How a report left the spool, or why it has not. */
export type Flushed = Delivery & { readonly name: string };

/** Posts what waits, oldest first, until one does not reach the hub. */
export async function* flush(spool: Spool, post: (body: string) => Promise<Delivery>): AsyncGenerator<Flushed> {
  for (const name of spool.names()) {
    const delivery = await post(spool.read(name));
    if (delivery.outcome === 'stored') spool.remove(name);
    if (delivery.outcome === 'rejected') spool.reject(name, delivery.reason);
    yield { ...delivery, name };
    if (delivery.outcome === 'unreachable') return;
  }
}

const reportsIn = (directory: string): string[] =>
  namesIn(directory)
    .filter((name) => name.endsWith('.json'))
    .sort();

function writeDurably(file: string, content: string): void {
  const partial = `${file}.partial`;
  const descriptor = openSync(partial, 'w', 0o600);
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(partial, file);
}
