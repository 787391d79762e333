// Spec: a secret parameter reaches the programs, and is shown only to those who may decrypt it.
import { PRINT_SECRETS, SECRET_PARAMETERS } from '../../../helpers/fixtures/print-secrets';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { expectHidden } from '../../../helpers/scenario/resources/secret-encodings';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { createUserClient } from '../../../helpers/scenario/resources/test-users';
import { noopTask, type WorkflowParts } from '../../../helpers/scenario/resources/workflow-task';

const REDACTED = { $attune_secret: true, redacted: true };

const SECRETS = ['keys.from_actions', 'runtimes.node', 'ledger.shared', 'secrets.redaction', 'rbac', 'workflows.retry'];

/** A workflow whose one task prints the secret parameters, and values for them. */
const createPrinter = async (ctx: Context) => {
  const { ref: pack } = await ctx.ownCopy('e2e-api');
  const print = await createScriptAction(ctx, pack, PRINT_SECRETS, SECRET_PARAMETERS);
  const call = { name: 'T', action: print, retry: { count: 1, delay: 0 } }; // receives the parameters of the workflow
  const output_map = { token: '{{ parameters.token }}', code: '{{ parameters.code }}' };
  const { ref } = await ctx.workflow([call], { parameters: SECRET_PARAMETERS, output_map });
  const [token, password, spare, code] = ['token', 'password', 'spare', 'code'].map((name) => ctx.name(name));
  const login = { password: password!, codes: [spare!] };
  const parameters = { token: token!, login, pin: 'Z9#q', db: { host: 'local', code: code! } };
  return { pack, ref, parameters, secrets: [token!, password!, spare!, parameters.pin, code!] };
};

/** What the script prints, with its secrets masked. */
const maskedOutput = (token: string): string => {
  const masked = [
    { password: '***', codes: ['***'] },
    { host: 'local', code: '***' },
  ].map((each) => JSON.stringify(each));
  return `${sha256OfJson(token)}\n***\n${masked.join('\n')}\n***\nends with ***`;
};

claim('T2.3i', SECRETS, 'a secret parameter reaches each program, and is masked in its output', async (ctx) => {
  const { ref, parameters, secrets } = await createPrinter(ctx);
  const reader = await createUserClient(ctx, 'core.viewer');
  const attemptsTo = async ({ id }: { id: number }) =>
    Promise.all((await ctx.client.executions.children(id)).map((each) => reader.executions.get(each.id)));

  const success = await runToEnd(ctx, ref, { ...parameters, code: 0 });
  const failure = await runToEnd(ctx, ref, { ...parameters, code: 7 }, 'failed');

  const [succeeded, failed] = [await attemptsTo(success), await attemptsTo(failure)];
  const printed = { stdout: maskedOutput(parameters.token) };
  const error = `begins like ${parameters.token.slice(0, 9)}`;
  expect(succeeded.map(({ result }) => result)).toMatchObject([{ ...printed, exit_code: 0 }]);
  expect(failed.map(({ result }) => result)).toMatchObject(Array(2).fill({ ...printed, exit_code: 7, error }));
  for (const secret of secrets) expectHidden(secret, 'succeeded', ...succeeded, ...failed);
});

claim('T2.3l', SECRETS, 'secret parameters are shown only to those who may decrypt them', async (ctx) => {
  const { pack, ref, parameters, secrets } = await createPrinter(ctx);
  const reader = await createUserClient(ctx, 'core.viewer');
  const auditor = await createUserClient(ctx, `${pack}.auditors`);

  const success = await runToEnd(ctx, ref, { ...parameters, code: 0 });
  const failure = await runToEnd(ctx, ref, { ...parameters, code: 7 }, 'failed');

  const redacted = { token: REDACTED, login: REDACTED, pin: REDACTED, db: { host: 'local', code: REDACTED } };
  expect([success.config, failure.config]).toEqual([0, 7].map((code) => ({ ...redacted, code })));
  expect(success.result).toMatchObject({ succeeded: true, code: 0, token: expect.anything() as unknown });
  for (const secret of secrets) expectHidden(secret, 'succeeded', success);
  expect((await auditor.executions.getWithSecrets(success.id)).config).toEqual({ ...parameters, code: 0 });
  await expect(reader.executions.getWithSecrets(success.id)).rejects.toMatchObject({ status: 403 });
});

const PLAIN = { type: 'string', default: 'of the schema' };
const HIDDEN = { ...PLAIN, secret: true };

/** The schemas of a workflow of which one declares its parameter secret. */
const DECLARED: Readonly<Record<string, WorkflowParts>> = {
  'the definition': { parameters: { p: HIDDEN }, param_schema: { p: PLAIN } },
  'the action alone': { param_schema: { p: HIDDEN } },
  'the action beside the definition': { parameters: { p: PLAIN }, param_schema: { p: HIDDEN } },
  both: { parameters: { p: HIDDEN }, param_schema: { p: HIDDEN } },
  none: { parameters: { p: PLAIN }, param_schema: { p: PLAIN } },
};

claim('T2.3p', SECRETS, 'a parameter is secret by each schema, given or by default', async (ctx) => {
  const rows = Object.entries(DECLARED).flatMap(([name, parts]) =>
    [{}, { p: 'given' }].map((given) => ({ name, parts, given })),
  );

  const found = rows.map(async ({ name, parts, given }, n) => {
    const output_map = { p: '{{ parameters.p }}' };
    const { ref } = await ctx.workflow([noopTask('T', { input: { message: 'm' } })], {
      ...parts,
      output_map,
      name: `flow-${n}`,
    });
    return [name, (await runToEnd(ctx, ref, given)).result];
  });

  const shown = ({ name, given }: (typeof rows)[number]) => (name === 'none' ? (given.p ?? PLAIN.default) : REDACTED);
  expect(await Promise.all(found)).toEqual(rows.map((row) => [row.name, { succeeded: true, p: shown(row) }]));
});
