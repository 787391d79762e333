// Spec: no program answers an inquiry of its own execution, or of one above it.
import { createClient, type Client } from '../../../helpers/client/client';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { callApi } from '../support/api-call';
import { forgeProgramToken, readTokenSecret } from '../support/forge-token';
import { errorSummary } from '../support/raw-request';
import { startSleeping } from '../support/sleeping-execution';

/** An execution with an inquiry, and the token of its program. */
interface WithInquiry {
  readonly id: number;
  readonly inquiry: number;
  readonly token: string;
  readonly client: Client;
}

/** Starts an execution, as a child of the program of `by`, and creates its inquiry. */
async function startWithInquiry(ctx: Context, secret: string, by: Client): Promise<WithInquiry> {
  const id = await startSleeping(ctx, by);
  const { id: inquiry } = await ctx.client.inquiries.create({ execution: id, prompt: 'Go on?' });
  const { id: identity } = await ctx.client.auth.me();
  const token = await forgeProgramToken(secret, { identity, execution: id, permissionSets: ['core.admin'] });
  return { id, inquiry, token, client: createClient({ baseUrl: ctx.facts.url, token }) };
}

/** Requests that end an inquiry, or change who responds. */
const WAYS = {
  respond: ['POST', '/respond', { response: true }],
  'update with a response': ['PUT', '', { response: true }],
  'update of the status': ['PUT', '', { status: 'cancelled' }],
  'update of the assignee': ['PUT', '', { assigned_to: null }],
  remove: ['DELETE', ''],
} as const;

/** What each way gives the program. */
async function tryWays({ token }: WithInquiry, { inquiry }: WithInquiry): Promise<Record<string, unknown>> {
  const outcomes: Record<string, unknown> = {};
  for (const [name, [method, path, body]] of Object.entries(WAYS))
    outcomes[name] = errorSummary(await callApi(token, method, `/inquiries/${inquiry}${path}`, body));
  return outcomes;
}

claim('T2.26a', ['core', 'rbac', 'sql'], 'a program ends no inquiry of its own chain', async (ctx) => {
  const secret = await readTokenSecret(ctx.facts);
  const root = await startWithInquiry(ctx, secret, ctx.client);
  const child = await startWithInquiry(ctx, secret, root.client);
  const grandchild = await startWithInquiry(ctx, secret, child.client);
  const other = await startWithInquiry(ctx, secret, ctx.client);
  const { inquiries, executions } = ctx.client;

  const refused = {
    'its own': await tryWays(child, child),
    'of its parent': await tryWays(child, root),
    'above its parent': await tryWays(grandchild, root),
  };
  const pending = await Promise.all([root, child, grandchild, other].map(({ inquiry }) => inquiries.get(inquiry)));
  const answered = [
    await root.client.inquiries.respond(grandchild.inquiry, 'from above'),
    await root.client.inquiries.respond(child.inquiry, 'from above'),
    await other.client.inquiries.respond(root.inquiry, 'from beside'),
  ];

  const loop = Object.fromEntries(Object.keys(WAYS).map((name) => [name, [403, 'FORBIDDEN', 'PRIVILEGE_LOOP']]));
  expect(refused).toEqual(Object.fromEntries(Object.keys(refused).map((name) => [name, loop])));
  expect(pending.map(({ status }) => status)).toEqual(pending.map(() => 'pending'));
  expect(answered.map(({ status }) => status)).toEqual(answered.map(() => 'responded'));
  expect((await executions.get(child.id)).parent).toBe(root.id);
});
