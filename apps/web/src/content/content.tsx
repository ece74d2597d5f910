import type { ContentNode } from '@tatami/protocol';
import { Fragment, type ReactNode, useContext } from 'react';
import { Command } from './command.tsx';
import { Diagram } from './diagram.tsx';
import { Interview } from './interview.tsx';
import { Japanese } from './japanese.tsx';
import { type Element, Lesson, text } from './lesson.ts';
import { Predict } from './predict.tsx';
import { Term } from './term.tsx';

/** Elements that a lesson may use; anything else shows its children only. */
const allowedElements = new Set(
  'p h2 h3 h4 ul ol li table thead tbody tr th td code pre strong em blockquote hr br'.split(' '),
);
const headings = new Set(['h2', 'h3', 'h4']);

/** Only these addresses become links. */
export function safeHref(value: unknown): string | null {
  return /^(https?:\/\/|\/(?!\/)|#)/.test(text(value)) ? text(value) : null;
}

function Link({ href, children }: { href: string; children: ReactNode }) {
  const { goTo } = useContext(Lesson);
  if (href.startsWith('#'))
    return (
      <a
        href={href}
        onClick={(event) => {
          event.preventDefault();
          goTo(href.slice(1));
        }}
      >
        {children}
      </a>
    );
  if (href.startsWith('/')) return <a href={href}>{children}</a>;
  return (
    <a href={href} rel="noopener noreferrer" target="_blank">
      {children}
      {' ↗'}
    </a>
  );
}

/** Words that point at a part of the map. */
function OnMap({ focus, children }: { focus: string; children: ReactNode }) {
  const { showOnMap } = useContext(Lesson);
  return (
    <button
      type="button"
      className="link map-link-text"
      data-testid={`on-map-${focus}`}
      onClick={() => showOnMap(focus)}
    >
      {children}
    </button>
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
    case 'Interview':
      return <Interview node={node} />;
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
      return (
        <Diagram
          id={text(attributes.id) || undefined}
          lang={text(attributes.lang) || undefined}
          text={plainText(node)}
          title={text(attributes.title)}
        />
      );
    case 'Map':
      return <OnMap focus={text(attributes.focus)}>{children}</OnMap>;
    case 'Ja':
      return <Japanese reading={text(attributes.reading)}>{children}</Japanese>;
    case 'a': {
      const href = safeHref(attributes.href);
      return href ? <Link href={href}>{children}</Link> : children;
    }
  }
  if (!allowedElements.has(name)) return children;
  const Tag = name as 'p';
  // A heading can be gone to; focus then stays with the reader's place.
  const anchor = headings.has(name) && text(attributes.id);
  return anchor ? (
    <Tag id={anchor} tabIndex={-1}>
      {children}
    </Tag>
  ) : (
    <Tag>{children}</Tag>
  );
}

/** Renders a lesson's tree; never as HTML. */
export function Content({ nodes }: { nodes: ContentNode[] }) {
  return nodes.map((node, index) => (
    <Fragment key={index}>{typeof node === 'string' ? node : render(node)}</Fragment>
  ));
}
