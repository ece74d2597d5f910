import type { Node } from '@markdoc/markdoc';
import type { Problem } from '../problem.ts';
import type { ReadLab } from '../read-lab.ts';
import type { ReadProse } from '../read-prose.ts';
import { type Section, sectionsOf } from './sections.ts';

/** Every language has the lab's own language's headings, blocks and hints, in its order. */
export const structureProblems = ({ steps }: ReadLab): Problem[] =>
  steps.flatMap(({ prose: [own, ...others] }) =>
    own ? others.flatMap((other) => [...sectionProblems(own, other), ...hints(own, other)]) : [],
  );

function sectionProblems(own: ReadProse, other: ReadProse): Problem[] {
  const wanted = sectionsOf(own);
  const found = sectionsOf(other);
  const at = wanted.findIndex((section, index) => titled(section) !== titled(found[index]));
  const differs = at >= 0 ? at : found.length > wanted.length ? wanted.length : -1;
  const say = (section: Section | undefined, reason: string) => ({
    file: other.file,
    line: section?.line ?? other.lines.length,
    reason,
  });
  if (differs >= 0) {
    const [here, there] = [titled(found[differs]), titled(wanted[differs])];
    return [say(found[differs], `${here} is here, but ${there} in ${own.lang}`)];
  }
  return found.flatMap((section, index) => {
    const [here, there] = [blocksOf(section), blocksOf(wanted[index])];
    if (here === there) return [];
    const where = section.anchor ? `section #${section.anchor}` : 'the beginning';
    return [say(section, `${where} has ${here}, but ${there} in ${own.lang}`)];
  });
}

const titled = (section: Section | undefined): string =>
  section ? `heading #${section.anchor} of level ${section.level}` : 'the end';

/** What a section holds that a translation must hold too, in words. */
function blocksOf(section: Section | undefined): string {
  const nodes = section?.nodes.flatMap((node) => [node, ...node.walk()]) ?? [];
  return nodes.flatMap(blockName).join(', ') || 'no blocks';
}

function blockName({ tag, attributes }: Node): string[] {
  if (tag === 'command' || tag === 'diagram' || tag === 'interview')
    return [`${tag} ${attributes.id}`];
  if (tag === 'map') return [`map ${attributes.focus}`];
  return tag === 'predict' ? [`predict ${attributes.answer}`] : [];
}

function hints(own: ReadProse, other: ReadProse): Problem[] {
  return Object.entries(other.texts.data?.checklist ?? {}).flatMap(([id, { hints }]) => {
    const wanted = own.texts.data?.checklist[id]?.hints.length;
    if (wanted === undefined || wanted === hints.length) return [];
    const line = other.texts.lineOf(['checklist', id, 'hints']);
    const reason = `check ${id} has ${hints.length} hints, but ${wanted} in ${own.lang}`;
    return [{ file: other.file, line, reason }];
  });
}
