import { gate } from './asking';
import type { Client } from './client/client';
import { executionToBe, executionToEnd } from './conditions';
import { ApiError } from './errors';
import { inquiryToBe, taskToAsk } from './inquiry-conditions';
import { orNull } from './or-null';
import { until } from './polling';
import type { Task } from './workflow';

const PROBE_MS = 6_000;

interface Bench {
  readonly client: Client;
  readonly pack: string;
  readonly ledger: { readonly path: string };
}

/** Three questions at once: one answered off its schema and then on it, one that nobody answers, one that a script asks. */
export async function probeInquiries(bench: Bench): Promise<Record<string, boolean>> {
  const schema = { approved: { type: 'boolean', required: true } };
  const fallback = { approved: false };
  const script = { key: 'script', ledger: bench.ledger.path, prompt: 'probe', response_schema: schema };
  const ids = await Promise.all([
    start(bench, 'asks', gate({ response_schema: schema, strict: true })),
    start(bench, 'expires', gate({ timeout_seconds: 0.2, default_response: fallback }, { timeout: 1 })),
    start(bench, 'scripts', { name: 'gate', action: `${bench.pack}.ask-from-script`, input: script }),
  ]);
  const works = await Promise.all([asked(bench, ids[0]), expired(bench, ids[1]), fromScript(bench, ids[2])]);
  await Promise.all(ids.map((id) => ended(bench, id)));
  return Object.assign({}, ...works);
}

const soon = () => performance.now() + PROBE_MS;

async function start({ client, pack }: Bench, name: string, task: Task): Promise<number> {
  const ref = `${pack}.${name}`;
  const definition = { version: '1.0.0', tasks: [task] };
  await client.workflows.create({ ref, pack_ref: pack, label: name, version: '1.0.0', definition });
  return (await client.executions.execute({ action_ref: ref })).id;
}

const question = ({ client }: Bench, id: number) => orNull(until(taskToAsk('gate', client, id), soon()));

/** Does an answer end the question's task, so that its workflow completes? */
async function completes({ client }: Bench, id: number, inquiry: number): Promise<boolean> {
  if (await isRefused(client.inquiries.respond(inquiry, { approved: true }))) return false;
  return (await orNull(until(executionToBe('completed', client, id), soon()))) !== null;
}

async function asked(bench: Bench, id: number): Promise<Record<string, boolean>> {
  const inquiry = await question(bench, id);
  if (!inquiry) return { 'inquiries.ask': false, 'inquiries.response_schema': false };
  const refused = await isRefused(bench.client.inquiries.respond(inquiry.id, { approved: 'yes' }));
  const works = refused ? await completes(bench, id, inquiry.id) : true;
  return { 'inquiries.ask': works, 'inquiries.response_schema': refused };
}

async function isRefused(answering: Promise<unknown>): Promise<boolean> {
  try {
    await answering;
    return false;
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) return true;
    throw error;
  }
}

async function expired(bench: Bench, id: number): Promise<Record<string, boolean>> {
  const inquiry = await question(bench, id);
  const late = inquiry && (await orNull(until(inquiryToBe('timeout', bench.client, inquiry.id), soon())));
  return { 'inquiries.expiry': late !== null, 'inquiries.default_response': late?.defaulted === true };
}

async function fromScript(bench: Bench, id: number): Promise<Record<string, boolean>> {
  const inquiry = await question(bench, id);
  return { 'inquiries.from_actions': inquiry !== null && (await completes(bench, id, inquiry.id)) };
}

/** Stops what still waits, so that the probe's pack can go. */
async function ended({ client }: Bench, id: number): Promise<void> {
  const { finished_at } = await client.executions.get(id);
  if (finished_at === null) await client.executions.cancel(id);
  await until(executionToEnd(client, id), soon());
}
