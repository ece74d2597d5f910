import { type KeyboardEvent, type RefObject, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { areaNotes } from './area-notes.ts';
import { AreaShape } from './area-shape.tsx';
import type { Item, Layout } from './layout.ts';
import { LinkShape } from './link-shape.tsx';
import { linksOf } from './links.ts';
import { MapScene } from './map-context.ts';
import { kindList, nameOf, shown, titleOf } from './names.ts';
import { foldText, RowShape } from './row-shape.tsx';
import { useMotion } from './use-motion.ts';

interface Props {
  svg: RefObject<SVGSVGElement | null>;
  layout: Layout;
  /** Size of type: 1 is as laid out. */
  scale: number;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** The map as one SVG: areas and lines in reading order, bridges and doors above them. */
export function Drawing({ svg, layout, scale, onKeyDown }: Props) {
  const { t } = useTranslation();
  const leaving = useMotion(svg, layout);
  const { width, height, items } = layout;
  return (
    <svg
      ref={svg}
      className="map-drawing"
      xmlns="http://www.w3.org/2000/svg"
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a tree that is drawn
      role="tree"
      aria-label={t('map')}
      width={width * scale}
      height={height * scale}
      viewBox={`0 0 ${width} ${height}`}
      onKeyDown={onKeyDown}
    >
      {items.map((item) => (
        <ItemShape key={item.id} item={item} />
      ))}
      <g className="map-links">
        {linksOf(layout).map((link) => (
          <LinkShape key={link.id} link={link} />
        ))}
      </g>
      <g className="map-leaving">
        {leaving.map((item) => (
          <g key={item.id} transform={`translate(${item.x} ${item.y})`}>
            <rect width={item.width} height={item.height} rx={item.type === 'area' ? 8 : 5} />
          </g>
        ))}
      </g>
    </svg>
  );
}

function ItemShape({ item }: { item: Item }) {
  const scene = useContext(MapScene);
  const label = useLabel(item);
  if (!scene) return null;
  const { id } = item;
  const isFold = item.type === 'row' && item.row.type !== 'process';
  return (
    <g
      role="treeitem"
      className={item.type === 'area' ? 'map-area' : 'map-row'}
      data-item={id}
      data-machine={item.depth === 0}
      data-selected={scene.selected === id}
      data-pointed={scene.pointedAt.has(id)}
      data-testid={`map-${item.type}`}
      aria-label={label}
      aria-level={item.depth + 1}
      aria-selected={scene.selected === id}
      aria-expanded={isFold ? item.row.type !== 'process' && item.row.opened : undefined}
      tabIndex={scene.current === id ? 0 : -1}
      transform={`translate(${item.x} ${item.y})`}
      onFocus={(event) => {
        if (event.target === event.currentTarget) scene.setCurrent(id);
      }}
      onClick={() => scene.open(id)}
      onPointerEnter={(event) => event.pointerType === 'mouse' && scene.look(id)}
      onPointerLeave={(event) => event.pointerType === 'mouse' && scene.look(null)}
    >
      {item.type === 'area' ? <AreaShape box={item} /> : <RowShape box={item} />}
    </g>
  );
}

/** An item in one sentence, for those who listen. */
function useLabel(item: Item): string {
  const { t, i18n } = useTranslation();
  const scene = useContext(MapScene);
  if (item.type === 'area') {
    const { area } = item;
    const kinds = area.own.filter(({ home }) => home === null).map(({ kind }) => kind);
    const own = kinds.length > 0 ? t('map.own', { kinds: kindList(kinds, i18n.language) }) : '';
    const notes = areaNotes(area, t).map(({ text }) => text);
    return [titleOf(area.name, t), own, ...notes].filter(Boolean).join(' · ');
  }
  if (item.row.type !== 'process') return foldText(item.row, t);
  const facts = scene?.facts.processes.get(item.row.process.id);
  if (!facts) return '';
  const { process, program, pid, inside, children } = facts;
  return [
    ...process.terminals.map((id) => t('terminal', { id })),
    shown(program),
    inside === null ? t('map.pid', { pid }) : t('map.pids', { pid, inside }),
    children === 'own' ? '' : children === 'nobody' ? t('map.door.nobody') : doorText(children),
  ]
    .filter(Boolean)
    .join(' · ');

  function doorText({ area, inode }: Exclude<typeof children, string>) {
    return t('map.door', { name: area ? nameOf(area.name, t) : inode });
  }
}
