import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { areaNotes } from './area-notes.ts';
import type { OwnNamespace } from './areas.ts';
import type { Chip } from './chips.ts';
import { fact, shows } from './facts.ts';
import { KindGlyph } from './kind-glyph.tsx';
import { type AreaBox, size } from './layout.ts';
import { LineText } from './line-text.tsx';
import { MapScene } from './map-context.ts';
import { titleOf } from './names.ts';
import { textWidth } from './text-width.ts';

const titlePx = 14;
const notePx = 12;
/** It sits on the edge, so that it takes nothing from the name. */
const freshHeight = 16;

/** The rectangle of an area with its name, what it has of its own and with whom it shares. */
export function AreaShape({ box }: { box: AreaBox }) {
  const { t } = useTranslation();
  const scene = useContext(MapScene);
  if (!scene) return null;
  const { area, width, height } = box;
  const inner = width - 2 * size.pad;
  const isFresh = area.own.some(({ inode, home }) => home === null && scene.fresh.has(inode));
  const title = titleOf(area.name, t);
  const notes = areaNotes(area, t);
  const freshLabel = isFresh ? t('map.fresh') : '';
  const freshWidth = isFresh ? textWidth(freshLabel, notePx) + 16 : 0;
  const nameFacts =
    area.name.type === 'container' && area.processes[0]
      ? [fact(area.processes[0].id, 'container', area.name.text)]
      : [];
  return (
    <>
      <rect className="map-area-box" width={width} height={height} rx={8} />
      <Stripe own={area.own} height={height} />
      <LineText
        className="map-name"
        font="bold"
        {...{ text: title, fontSize: titlePx, facts: nameFacts, width: inner }}
        {...{ x: size.pad + 2, y: size.pad + 15 }}
      />
      {isFresh && (
        <g
          className="map-fresh"
          transform={`translate(${width - freshWidth - size.pad} ${-freshHeight / 2})`}
        >
          <rect width={freshWidth} height={freshHeight} rx={freshHeight / 2} />
          <text x={8} y={12.2}>
            {freshLabel}
          </text>
        </g>
      )}
      <Chips chips={box.chips} />
      {notes.map(({ text, facts }, index) => (
        <LineText
          key={index}
          className="map-note"
          {...{ text, facts, fontSize: notePx, width: inner }}
          {...{ x: size.pad + 2, y: box.notesY + index * size.note + 12 }}
        />
      ))}
    </>
  );
}

/** The left edge in the colours of what the area has of its own; dashed where it only came in. */
function Stripe({ own, height }: { own: OwnNamespace[]; height: number }) {
  const part = (height - 16) / Math.max(1, own.length);
  return own.map(({ kind, home }, index) => (
    <line
      key={kind}
      className="map-stripe"
      data-kind={kind}
      data-shared={home !== null}
      x1={2.5}
      x2={2.5}
      y1={8 + index * part}
      y2={8 + (index + 1) * part}
    />
  ));
}

function Chips({ chips }: { chips: Chip[] }) {
  const { t } = useTranslation();
  const scene = useContext(MapScene);
  const looked = scene?.selected ? scene.facts.processes.get(scene.selected) : undefined;
  return chips.map(({ own: { kind, inode, home }, x, row, width }) => (
    <g
      key={kind}
      className="map-chip"
      data-kind={kind}
      data-shared={home !== null}
      data-same={looked?.process.ns[kind] === inode}
      transform={`translate(${size.pad + x} ${size.pad + size.name + row * size.chips})`}
      {...shows(fact(inode, 'kind', kind))}
    >
      <title>{`${t(`fact.ns-${kind}`)} ${inode}`}</title>
      <rect width={width} height={20} rx={4} />
      <KindGlyph kind={kind} x={6} y={4} />
      <text x={22} y={14.5}>
        {kind}
      </text>
    </g>
  ));
}
