import type { CommandBlock, ContentNode, GlossaryEntry } from '@tatami/protocol';
import { createContext, Fragment, type ReactNode, useContext, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copy } from '../copy.ts';
import type { Sent } from '../terminal/terminal-connection.ts';
import { Diagram } from './diagram.tsx';

/** Elements that a lesson may use; anything else shows its children only. */
export const allowedElements = new Set(
  'p h2 h3 h4 ul ol li table thead tbody tr th td code pre strong em blockquote hr br'.split(' '),
);

/** What the components of a lesson need. `run` says what became of the command. */
export interface LessonContext {
  commands: CommandBlock[];
  glossary: GlossaryEntry[];
  run: (command: CommandBlock) => Sent;
}
export const Lesson = createContext<LessonContext>({
  commands: [],
  glossary: [],
  run: () => 'dropped',
});

type Element = Exclude<ContentNode, string>;
const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** Only these addresses become links. */
export function safeHref(value: unknown): string | null {
  return /^(https?:\/\/|\/(?!\/)|#)/.test(text(value)) ? text(value) : null;
}

/** A second click within this time is a double click, not a second wish. */
const runPauseMs = 1000;

function Command({ id }: { id: string }) {
  const { t } = useTranslation();
  const { commands, run } = useContext(Lesson);
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState('');
  const command = commands.find((one) => one.id === id);
  if (!command) return null;
  const onRun = () => {
    setBusy(true);
    setTimeout(() => setBusy(false), runPauseMs);
    setNote(t(`run.${run(command)}`));
  };
  const where = t('terminal', { id: command.terminal });
  return (
    <div className="command" data-terminal={command.terminal}>
      <pre>
        <code>{command.text}</code>
      </pre>
      <div className="command-end">
        <small>{where}</small>
        <button
          type="button"
          className="quiet"
          aria-label={t('copyThis', { command: command.text })}
          data-testid={`copy-${id}`}
          onClick={() => void copy(command.text).then(() => setNote(t('copied')))}
        >
          {t('copy')}
        </button>
        {command.runnable && (
          <button
            type="button"
            disabled={busy}
            aria-label={t('runThis', { command: command.text, where })}
            data-testid={`run-${id}`}
            onClick={onRun}
          >
            {t('run')}
          </button>
        )}
      </div>
      <small role="status" className="note">
        {note}
      </small>
    </div>
  );
}

function Predict({ node }: { node: Element }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<number | null>(null);
  const named = (name: string) =>
    node.children.filter(
      (child): child is Element => typeof child !== 'string' && child.name === name,
    );
  const answer = Number(node.attributes.answer);
  return (
    <fieldset className="predict">
      <legend>{t('predict')}</legend>
      <p>{text(node.attributes.question)}</p>
      {named('Option').map((option, index) => (
        <button
          key={index}
          type="button"
          className="quiet option"
          data-right={chosen !== null && index === answer}
          aria-pressed={chosen === index}
          onClick={() => setChosen(index)}
        >
          <Content nodes={option.children} />
        </button>
      ))}
      <div role="status">
        {chosen !== null && (
          <>
            <strong>{t(chosen === answer ? 'predictRight' : 'predictWrong')}</strong>
            {named('Reveal').map((reveal) => (
              <Content key="reveal" nodes={reveal.children} />
            ))}
          </>
        )}
      </div>
    </fieldset>
  );
}

function Term({ node }: { node: Element }) {
  const entry = useContext(Lesson).glossary.find((one) => one.key === node.attributes.key);
  const [open, setOpen] = useState(false);
  if (!entry) return <Content nodes={node.children} />;
  return (
    <span className="term">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onKeyDown={(e) => e.key === 'Escape' && setOpen(false)}
      >
        {node.children.length ? <Content nodes={node.children} /> : entry.term}
      </button>
      {open && (
        <span className="popover" role="note">
          <ruby lang="ja">
            {entry.ja}
            <rt>{entry.reading}</rt>
          </ruby>{' '}
          · {entry.en}
          <br />
          {entry.meaning}
        </span>
      )}
    </span>
  );
}

const plainText = (node: ContentNode): string =>
  typeof node === 'string' ? node : node.children.map(plainText).join('');

function render(node: Element): ReactNode {
  const { name, attributes } = node;
  const children = node.children.length ? <Content nodes={node.children} /> : null;
  switch (name) {
    case 'Command':
      return <Command id={text(attributes.id)} />;
    case 'Predict':
      return <Predict node={node} />;
    case 'Term':
      return <Term node={node} />;
    case 'Callout':
      return (
        <aside className="callout" data-kind={text(attributes.kind)}>
          {text(attributes.title) && <strong>{text(attributes.title)}</strong>}
          {children}
        </aside>
      );
    case 'Diagram':
      return <Diagram text={plainText(node)} title={text(attributes.title)} />;
    case 'Ja':
      return attributes.reading ? (
        <ruby lang="ja">
          {children}
          <rt>{text(attributes.reading)}</rt>
        </ruby>
      ) : (
        <span lang="ja">{children}</span>
      );
    case 'a': {
      const href = safeHref(attributes.href);
      if (!href) return children;
      const external = href.startsWith('http');
      return (
        <a href={href} rel="noopener noreferrer" {...(external ? { target: '_blank' } : {})}>
          {children}
          {external && ' ↗'}
        </a>
      );
    }
  }
  if (!allowedElements.has(name)) return children;
  const Tag = name as 'p';
  return <Tag>{children}</Tag>;
}

/** Renders a lesson's tree; never as HTML. */
export function Content({ nodes }: { nodes: ContentNode[] }) {
  return nodes.map((node, index) => (
    <Fragment key={index}>{typeof node === 'string' ? node : render(node)}</Fragment>
  ));
}
