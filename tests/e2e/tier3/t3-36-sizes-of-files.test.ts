// Spec: the size of a file is recorded once its execution has ended, for its own version alone.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { cancelAndWait } from '../../../helpers/scenario/cancel-execution';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createArtifact } from '../../../helpers/scenario/resources/artifacts';
import { runActionTo } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { startSleeping } from '../support/sleeping-execution';

const NEEDS = ['core', 'ledger.shared'];

const WRITE = 'printf %s "$text" > "$ATTUNE_ARTIFACTS_DIR/$path"';
const TEXT = 'abc';
const BYTES = Buffer.from('bytes');

/** Artifacts whose first version is a file of this execution. Only the third has another one. */
async function createFiles(ctx: Context, execution: number) {
  const { artifacts } = ctx.client;
  const script = await createScriptAction(ctx, await ctx.ownPack(), WRITE, { path: {}, text: {} });
  const create = async (part: string, isWritten: boolean) => {
    const { id } = await createArtifact(ctx, part, { type: 'file_text' });
    const { file_path: path } = await artifacts.addFile(id, { execution, content_type: 'text/plain' });
    if (isWritten) await runActionTo('completed', ctx, script, { parameters: { path: path!, text: TEXT } });
    return id;
  };
  const [written, empty, followed] = [
    await create('written', true),
    await create('empty', false),
    await create('followed', true),
  ];
  await artifacts.upload(followed, BYTES);
  return [written, empty, followed];
}

claim('T3.36h', NEEDS, 'the size of a file is that of its version alone', async (ctx) => {
  const { artifacts } = ctx.client;
  const execution = await startSleeping(ctx);
  const ids = await createFiles(ctx, execution);
  const firsts = () => Promise.all(ids.map(async (id) => (await artifacts.version(id, 1)).size_bytes));
  const sizes = () => Promise.all(ids.map(async (id) => (await artifacts.get(id)).size_bytes));
  const before = [await firsts(), await sizes()];

  await cancelAndWait(ctx.client, execution);
  const areMeasured = async () => (await firsts()).every((size) => typeof size === 'number');
  await until(predicateToHold('the sizes of the files to be recorded', areMeasured), ctx.deadline);

  expect(before).toEqual([
    [null, null, null],
    [null, null, BYTES.length],
  ]);
  expect(await firsts()).toEqual([TEXT.length, 0, TEXT.length]);
  expect(await sizes()).toEqual([TEXT.length, 0, BYTES.length]);
});
