import Markdoc, {
  type Config,
  type Node,
  type RenderableTreeNode,
  type Schema,
} from '@markdoc/markdoc';
import { Language } from '@tatami/protocol';

const { Tag } = Markdoc;
const text = { type: String, required: true } as const;
/** Of a question or a drawing in another language than the file's. */
const lang = { type: String, matches: [...Language.options] };

const element = (name: string): Schema => ({
  transform: (node, config) => new Tag(name, {}, node.transformChildren(config)),
});

/** An option or reveal on one line of its own stands in a paragraph, which means nothing here. */
function parts(children: RenderableTreeNode[]): RenderableTreeNode[] {
  return children
    .flatMap((child) => (Tag.isTag(child) && child.name === 'p' ? child.children : [child]))
    .filter((child) => Tag.isTag(child));
}

const tags: Record<string, Schema> = {
  command: { render: 'Command', inline: false, selfClosing: true, attributes: { id: text } },
  callout: {
    render: 'Callout',
    inline: false,
    attributes: {
      kind: { type: String, required: true, matches: ['note', 'warning', 'correction'] },
      title: { type: String },
    },
  },
  predict: {
    inline: false,
    attributes: { question: text, answer: { type: Number, required: true } },
    transform: (node, config) =>
      new Tag('Predict', node.transformAttributes(config), parts(node.transformChildren(config))),
  },
  option: { render: 'Option' },
  reveal: { render: 'Reveal' },
  term: { render: 'Term', inline: true, attributes: { key: text } },
  ja: { render: 'Ja', inline: true, attributes: { reading: { type: String } } },
  interview: {
    render: 'Interview',
    inline: false,
    attributes: { id: text, question: text, reading: { type: String }, lang },
  },
  point: { render: 'Point' },
  map: {
    render: 'Map',
    inline: true,
    attributes: {
      focus: {
        type: String,
        required: true,
        matches: /^(machine|terminal-[1-9]|container-[\w.-]+)$/,
      },
    },
  },
  diagram: {
    inline: false,
    attributes: { id: text, title: text, lang },
    // The fence's text alone: what shows a diagram is preformatted already.
    transform: (node, config) =>
      new Tag(
        'Diagram',
        node.transformAttributes(config),
        node.children.map((fence) => String(fence.attributes.content)),
      ),
  },
};

const nodes: Record<string, Schema> = {
  document: element('article'),
  heading: {
    attributes: { id: { type: String } },
    transform: (node, config) => {
      const { level, id } = node.attributes;
      return new Tag(`h${String(level)}`, { id }, node.transformChildren(config));
    },
  },
  paragraph: element('p'),
  list: {
    transform: (node, config) =>
      new Tag(node.attributes.ordered ? 'ol' : 'ul', {}, node.transformChildren(config)),
  },
  item: element('li'),
  table: element('table'),
  thead: element('thead'),
  tbody: element('tbody'),
  tr: element('tr'),
  th: element('th'),
  td: element('td'),
  strong: element('strong'),
  em: element('em'),
  blockquote: element('blockquote'),
  hr: element('hr'),
  hardbreak: element('br'),
  code: { transform: (node) => new Tag('code', {}, [String(node.attributes.content)]) },
  fence: { transform: (node) => new Tag('pre', {}, [String(node.attributes.content)]) },
  link: {
    attributes: { href: text },
    transform: (node, config) =>
      new Tag('a', { href: String(node.attributes.href) }, node.transformChildren(config)),
  },
  inline: { transform: (node, config) => node.transformChildren(config) },
  text: { transform: (node) => String(node.attributes.content) },
  softbreak: { transform: () => '\n' },
};

/** What a lesson's prose may use; anything else is a problem. */
export const proseConfig = { nodes, tags } satisfies Config;

const allowedNodes = new Set([...Object.keys(nodes), 'tag']);

/** What Markdoc's own validation lets through and we do not. Lines count from 0. */
export function extraProblems(ast: Node): { line: number; reason: string }[] {
  return [ast, ...ast.walk()].flatMap((node) =>
    reasonsOf(node).map((reason) => ({ line: lineOf(node), reason })),
  );
}

/** Inline nodes know the lines of their block only. */
export const lineOf = (node: Node): number => node.lines[0] ?? node.location?.start.line ?? 0;

function reasonsOf(node: Node): string[] {
  const { type, tag, attributes } = node;
  if (!allowedNodes.has(type)) return [`${type} is not used in lessons`];
  if (type === 'heading' && ![2, 3].includes(Number(attributes.level)))
    return ['headings have level 2 or 3'];
  if (type === 'link' && !/^(https:\/\/|\/(?!\/)|#)/.test(String(attributes.href)))
    return [refusedLink(String(attributes.href))];
  // The parser leaves javascript: and its kind as text.
  const left = type === 'text' ? /\]\((.*)\)/.exec(String(attributes.content)) : null;
  if (left) return [refusedLink(left[1] ?? '')];
  const reasons = Object.values(attributes).some((value) => Markdoc.Ast.isAst(value))
    ? ['variables and functions are not used in lessons']
    : [];
  if (type === 'heading') return [...reasons, ...anchorReasons(node)];
  if (type !== 'tag')
    return node.annotations.length > 0 ? ['annotations are not used in lessons'] : reasons;
  const schema = Object.hasOwn(tags, tag ?? '') ? tags[tag ?? ''] : undefined;
  if (!schema) return [`unknown tag ${tag}`];
  for (const name of Object.keys(attributes))
    if (!Object.hasOwn(schema.attributes ?? {}, name))
      reasons.push(`tag ${tag}: unknown attribute ${name}`);
  if (tag === 'predict') reasons.push(...predictReasons(node));
  if (tag === 'interview') reasons.push(...interviewReasons(node));
  if (tag === 'diagram' && node.children.filter((child) => child.type === 'fence').length !== 1)
    reasons.push('a diagram holds one fenced block');
  return reasons;
}

const refusedLink = (href: string) => `link to ${href}: only https://, /path and #fragment`;

/** A heading is named in every language by the same anchor, as in `## Title {% #anchor %}`. */
function anchorReasons({ annotations, attributes }: Node): string[] {
  if (annotations.some(({ name }) => name !== 'id')) return ['a heading takes an anchor only'];
  if (/^[a-z0-9][a-z0-9-]*$/.test(String(attributes.id ?? ''))) return [];
  return ['a heading needs an anchor of lower-case letters, digits and dashes: {% #anchor %}'];
}

const count = (node: Node, name: string) =>
  [...node.walk()].filter(({ tag }) => tag === name).length;

function interviewReasons(node: Node): string[] {
  const reasons = count(node, 'point') < 2 ? ['interview needs two points or more'] : [];
  if (count(node, 'reveal') > 1) reasons.push('interview has at most one reveal');
  return reasons;
}

function predictReasons(node: Node): string[] {
  const named = (name: string) => count(node, name);
  const options = named('option');
  const answer: unknown = node.attributes.answer;
  const reasons: string[] = [];
  if (options < 2) reasons.push('predict needs two options or more');
  if (named('reveal') !== 1) reasons.push('predict needs exactly one reveal');
  if (!Number.isInteger(answer) || Number(answer) < 0 || Number(answer) >= options)
    reasons.push(`predict: answer ${String(answer)} is not the index of an option`);
  return reasons;
}
