import Markdoc, { type Node, type RenderableTreeNode } from '@markdoc/markdoc';
import type { ContentNode } from '@tatami/protocol';
import { extraProblems, lineOf, proseConfig } from './prose-config.ts';

/** A name used by a tag of the prose, and where. */
export interface Use {
  name: string;
  line: number;
}

/** A step's prose in one language. Lines count from 1 in the file. */
export interface Prose {
  frontMatter: string;
  /** Lines of its nodes count from 0 in the file. */
  ast: Node;
  content: ContentNode[];
  commands: Use[];
  terms: Use[];
  /** Headings, diagrams and interview questions: what may be linked to, the same in every language. */
  anchors: Use[];
  problems: { line: number; reason: string }[];
}

/** Parses Markdoc into the tree that the web renders, with every problem found on the way. */
export function parseProse(source: string): Prose {
  const ast = Markdoc.parse(source);
  const uses = (tag: string, attribute: string): Use[] =>
    [...ast.walk()]
      .filter((node) => node.tag === tag)
      .map((node) => ({ name: String(node.attributes[attribute]), line: lineOf(node) + 1 }));
  const extra = extraProblems(ast);
  const found = Markdoc.validate(ast, proseConfig)
    // Said in our own words by extraProblems.
    .filter(({ error }) => error.id !== 'tag-undefined' && error.id !== 'attribute-undefined')
    .map(({ lines, error }) => ({ line: lines[0] ?? 0, reason: error.message }));
  const problems = [...extra, ...found]
    .map(({ line, reason }) => ({ line: line + 1, reason }))
    .sort((a, b) => a.line - b.line);
  const tree = problems.length === 0 ? Markdoc.transform(ast, proseConfig) : [];
  const root = Array.isArray(tree) ? tree : Markdoc.Tag.isTag(tree) ? tree.children : [];
  return {
    frontMatter: String(ast.attributes.frontmatter ?? ''),
    ast,
    content: toContent(root, false),
    commands: uses('command', 'id'),
    terms: uses('term', 'key'),
    anchors: anchorsOf(ast),
    problems,
  };
}

const anchored = new Set(['diagram', 'interview']);

function anchorsOf(ast: Node): Use[] {
  return [...ast.walk()]
    .filter(({ type, tag }) => type === 'heading' || anchored.has(tag ?? ''))
    .map((node) => ({ name: String(node.attributes.id ?? ''), line: lineOf(node) + 1 }));
}

/** Kana by their blocks: the long vowel sign and the middle dot belong to no script. */
const wide = '[\\p{Script=Han}\\u3000-\\u30ff\\uff00-\\uffef]';
const verbatimNames = new Set(['pre', 'code', 'Diagram']);
const breakInCjk = new RegExp(`(?<=${wide})\\n(?=${wide})`, 'gu');

/** Joins neighbouring strings; a line break between two CJK characters is no space. */
function toContent(nodes: RenderableTreeNode[], verbatim: boolean): ContentNode[] {
  const out: ContentNode[] = [];
  for (const node of nodes) {
    if (Markdoc.Tag.isTag(node)) {
      const { name, attributes } = node;
      const children = toContent(node.children, verbatim || verbatimNames.has(name));
      out.push({ name, attributes: { ...attributes }, children });
    } else if (typeof node === 'string') {
      const last = out.at(-1);
      if (typeof last === 'string') out[out.length - 1] = last + node;
      else out.push(node);
    }
  }
  if (verbatim) return out;
  return out.map((node) =>
    typeof node === 'string' ? node.replace(breakInCjk, '').replaceAll('\n', ' ') : node,
  );
}
