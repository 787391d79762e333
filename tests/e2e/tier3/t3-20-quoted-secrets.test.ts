// Spec: a secret is masked in each form in which programs write it.
import { claim } from '../../../helpers/scenario/claim';
import { runAction } from '../../../helpers/scenario/resources/ended-executions';
import { outputOf } from '../../../helpers/scenario/resources/output-of';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createPackKey } from '../../../helpers/scenario/resources/stored-keys';

const replacing = (from: string, to: string) => (text: string) => text.replaceAll(from, to);
const bytesOf = (text: string) => Buffer.from(text);
const escaped = (text: string) => JSON.stringify(text).slice(1, -1);
const ofMarkup = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Each form of a text, by what writes it. */
const FORMS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  base64: (text) => bytesOf(text).toString('base64'),
  'base64 for URLs': (text) => bytesOf(text).toString('base64url'),
  hexadecimal: (text) => bytesOf(text).toString('hex'),
  'hexadecimal in capitals': (text) => bytesOf(text).toString('hex').toUpperCase(),
  URL: encodeURIComponent,
  'URL of a form': (text) => encodeURIComponent(text).replaceAll('%20', '+'),
  JSON: escaped,
  'JSON with slashes': (text) => escaped(text).replaceAll('/', '\\/'),
  'JSON in ASCII': (text) => escaped(text).replaceAll('ü', '\\u00fc'),
  'JSON in JSON': (text) => escaped(escaped(text)),
  shell: replacing("'", String.raw`'\''`),
  'shell by quotation marks': replacing("'", `'"'"'`),
  SQL: replacing("'", "''"),
  YAML: replacing("'", "''"),
  CSV: replacing('"', '""'),
  XML: (text) => ofMarkup(text).replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
  HTML: (text) => ofMarkup(text).replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  'text in XML': ofMarkup,
};

/** Each form alone is masked: the parts beside it are of no secret. */
const PRINT_FORMS = `printf '%s\\n' "$forms"`;

claim('T3.20f', ['secrets.redaction'], 'a secret is masked in each form that quotes it', async (ctx) => {
  const pack = await ctx.ownPack();
  const secret = `${ctx.nonce} <b>'ü' & "x"/\\t`;
  await createPackKey(ctx, pack, 'secret', secret);
  const action = await createScriptAction(ctx, pack, PRINT_FORMS, { forms: { type: 'string' } });
  const names = Object.keys(FORMS);
  const forms = names.map((name) => `[${name}|${FORMS[name]!(secret)}]`).join('\n');

  const { id } = await runAction(ctx, action, { parameters: { forms } });

  const printed = await outputOf(ctx, id, 'stdout');
  expect(printed.trimEnd().split('\n')).toEqual(names.map((name) => `[${name}|***]`));
});
