import type { CommandBlock, ContentNode, GlossaryEntry } from '@tatami/protocol';
import { createContext } from 'react';
import type { Sent } from '../terminal/terminal-connection.ts';

/** What the components of a lesson need. */
export interface LessonContext {
  lab: string;
  commands: CommandBlock[];
  glossary: GlossaryEntry[];
  /** Says what became of the command. */
  run: (command: CommandBlock) => Sent;
  /** Brings an anchor of this lab into view, in whichever step it is. */
  goTo: (anchor: string) => void;
  /** Opens the map and points at a part of it, see map/focus.ts. */
  showOnMap: (focus: string) => void;
}

export const Lesson = createContext<LessonContext>({
  lab: '',
  commands: [],
  glossary: [],
  run: () => 'dropped',
  goTo: () => undefined,
  showOnMap: () => undefined,
});

export type Element = Exclude<ContentNode, string>;
export const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** The anchor of a command block; those of headings have no dot. */
export const commandAnchor = (id: string) => `command.${id}`;

/** All elements of a lesson's tree, each before its children. */
export const elementsOf = (nodes: ContentNode[]): Element[] =>
  nodes.flatMap((node) => (typeof node === 'string' ? [] : [node, ...elementsOf(node.children)]));

/** The elements of this name, however deep they are. */
export const named = (nodes: ContentNode[], name: string): Element[] =>
  elementsOf(nodes).filter((node) => node.name === name);

/** Whether any Japanese word in it has a reading. */
export const hasReadings = (nodes: ContentNode[]): boolean =>
  elementsOf(nodes).some(({ name, attributes }) => name === 'Term' || text(attributes.reading));
