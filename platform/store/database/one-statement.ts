import type { Kysely, KyselyPlugin, PluginTransformQueryArgs } from 'kysely';
import type { Tables } from './tables';

/**
 * The same connection, for one statement. The second one throws: nothing surrounds them, so that
 * it would be a transaction of its own, which sees other rows and is not rolled back with the
 * first.
 */
export const forOneStatement = (connection: Kysely<Tables>): Kysely<Tables> =>
  connection.withPlugin(new OneStatement());

class OneStatement implements KyselyPlugin {
  private isUsed = false;

  transformQuery({ node }: PluginTransformQueryArgs) {
    if (this.isUsed)
      throw new Error('a second statement without a transaction: use inTenant, readingInTenant or withoutTenant');
    this.isUsed = true;
    return node;
  }

  transformResult: KyselyPlugin['transformResult'] = ({ result }) => Promise.resolve(result);
}
