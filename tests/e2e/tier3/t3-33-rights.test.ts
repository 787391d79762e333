// Spec: a route does its work for a caller with its grant, and is refused to any other.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { callCells, expectedOutcomes } from '../support/matrix/call-cells';
import { createFixtures } from '../support/matrix/fixtures';
import { grantGroups } from '../support/matrix/grant-cells';
import { createGrantedCallers } from '../support/matrix/granted-callers';

const NEEDS = ['rbac', 'tenants', 'sql'];

/** A tenant with an object of each kind, and the admin of another one. */
async function createMatrix(ctx: Context) {
  const [{ client, adminId, token }, other] = [
    await createTestTenant(ctx, 'own'),
    await createTestTenant(ctx, 'other'),
  ];
  const fixtures = await createFixtures(client, `${ctx.facts.directory}/fixtures`);
  const admin = { id: adminId, token };
  return { fixtures, callers: await createGrantedCallers(ctx.facts, { fixtures, admin, foreign: other.token }) };
}

claim('T3.33a', NEEDS, 'a route works with its own grant, and with no other', async (ctx) => {
  const { fixtures, callers } = await createMatrix(ctx);
  const groups = grantGroups();

  const outcomes = await callCells(ctx.facts.url, fixtures, callers, groups);

  expect(outcomes).toEqual(expectedOutcomes(groups));
});
