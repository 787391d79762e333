import nunjucks from 'nunjucks';

/** Our own templates only, never a user's text. A name that is not given is an error, not a blank. */
const environment = new nunjucks.Environment(null, { autoescape: true, throwOnUndefined: true, trimBlocks: true });

/** Text that stands in a Markdown table as it is. */
const markdown = (text: string) => new nunjucks.runtime.SafeString(text.replace(/[\\`*_|<>[\]]/g, '\\$&'));
environment.addFilter('markdown', markdown);

export const renderTemplate = (template: string, values: object): string => environment.renderString(template, values);
