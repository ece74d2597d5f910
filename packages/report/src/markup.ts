/** HTML that is safe to put into HTML. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Markup | string | number | null | Value[];

const escapes: Record<string, string> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;' },
  ...{ '"': '&quot;', "'": '&#39;' },
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => escapes[one] ?? one);

function inserted(value: Value): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map(inserted).join('');
  return value instanceof Markup ? value.text : escaped(String(value));
}

/** Everything put in is escaped unless it is markup itself; null is nothing. */
export const html = (parts: TemplateStringsArray, ...values: Value[]): Markup =>
  new Markup(parts.reduce((all, part, n) => all + inserted(values[n - 1] ?? null) + part));

/** A program or a style of ours as it stands. */
export const raw = (text: string): Markup => new Markup(text);

/** JSON for a script element: nothing in it can end the element. */
export const jsonMarkup = (value: unknown): Markup =>
  new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));
