import { join } from 'node:path';
import nunjucks from 'nunjucks';
import { projectRoot } from '../../../platform/base/directories';

/** The templates of the pages, which escape every value. */
export function openTemplates(): nunjucks.Environment {
  const loader = new nunjucks.FileSystemLoader(join(projectRoot(), 'tools/hub/page'));
  return new nunjucks.Environment(loader, { autoescape: true, throwOnUndefined: true, trimBlocks: true });
}
