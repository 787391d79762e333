import nunjucks from 'nunjucks';

/** For the project's own templates only, never for user input. An undefined name is an error. */
const templateEnvironment = new nunjucks.Environment(null, {
  autoescape: true,
  throwOnUndefined: true,
  trimBlocks: true,
});

/** Escapes a text for a cell of a Markdown table. */
const escapeMarkdown = (text: string) => new nunjucks.runtime.SafeString(text.replace(/[\\`*_|<>[\]]/g, '\\$&'));
templateEnvironment.addFilter('markdown', escapeMarkdown);

export const renderTemplate = (template: string, values: object): string =>
  templateEnvironment.renderString(template, values);
