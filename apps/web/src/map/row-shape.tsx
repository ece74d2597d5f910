import type { TFunction } from 'i18next';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { fact, type ProcessFacts, shows } from './facts.ts';
import { leftOut, type Row } from './fold.ts';
import { programOf } from './kinds.ts';
import { type RowBox, size } from './layout.ts';
import { LineText } from './line-text.tsx';
import { MapScene } from './map-context.ts';
import { nameOf, shown } from './names.ts';
import { textWidth } from './text-width.ts';

const programPx = 13;
const smallPx = 12;
const baseline = 18;
/** Named of what is folded. */
const mostPrograms = 4;

/** A process, or several that are folded into one line. */
export function RowShape({ box }: { box: RowBox }) {
  const scene = useContext(MapScene);
  const { row, width, height } = box;
  if (row.type !== 'process') return <FoldShape row={row} width={width} height={height} />;
  const facts = scene?.facts.processes.get(row.process.id);
  return facts ? <ProcessShape facts={facts} width={width} height={height} /> : null;
}

function ProcessShape({
  facts,
  width,
  height,
}: {
  facts: ProcessFacts;
  width: number;
  height: number;
}) {
  const { t } = useTranslation();
  const { process, program, pid, inside } = facts;
  const badges = process.terminals.map((id) => ({ id, label: t('terminal', { id }) }));
  let x = 8;
  const placedBadges = badges.map(({ id, label }) => {
    const badgeWidth = textWidth(label, smallPx) + 14;
    const at = x;
    x += badgeWidth + 6;
    return { id, label, badgeWidth, at };
  });
  const numbers = inside === null ? t('map.pid', { pid }) : t('map.pids', { pid, inside });
  const pids = process.stopped ? `${t('map.stopped')} · ${numbers}` : numbers;
  const room = width - x - textWidth(pids, smallPx) - 20;
  return (
    <>
      <rect className="map-row-box" width={width} height={height} rx={5} />
      {placedBadges.map(({ id, label, badgeWidth, at }) => (
        <g key={id} className="map-terminal" {...shows(fact(process.id, 'terminal', id))}>
          <rect x={at} y={5} width={badgeWidth} height={18} rx={3} />
          <text x={at + 7} y={baseline}>
            {label}
          </text>
        </g>
      ))}
      <LineText
        className="map-program"
        font="mono"
        {...{ text: shown(program), fontSize: programPx, x, y: baseline, width: room }}
        facts={[fact(process.id, 'program', program)]}
      />
      <text
        className="map-pids"
        x={width - 8}
        y={baseline}
        {...shows(
          fact(process.id, 'number', pid),
          ...(inside === null ? [] : [fact(process.id, 'inside', inside)]),
          ...(process.stopped ? [fact(process.id, 'stopped', 'yes')] : []),
        )}
      >
        {pids}
      </text>
      <Door facts={facts} width={width} />
    </>
  );
}

/** Where its children are born, when that is not where it is itself. */
function Door({ facts, width }: { facts: ProcessFacts; width: number }) {
  const { t } = useTranslation();
  const { children, process } = facts;
  if (children === 'own') return null;
  const y = size.row - 3;
  const text =
    children === 'nobody'
      ? t('map.door.nobody')
      : t('map.door', { name: children.area ? nameOf(children.area.name, t) : children.inode });
  return (
    <g
      className="map-door"
      data-kind="pid"
      {...shows(fact(process.id, 'children', children === 'nobody' ? 'nobody' : children.inode))}
    >
      <path d={`M10 ${y + 15}V${y + 2}h8v13M15.5 ${y + 9}h.1`} />
      <LineText
        className="map-door-text"
        {...{ text, fontSize: smallPx, x: 24, y: y + 13, width: width - 32 }}
      />
    </g>
  );
}

interface FoldProps {
  row: Exclude<Row, { type: 'process' }>;
  width: number;
  height: number;
}

function FoldShape({ row, width, height }: FoldProps) {
  const { t } = useTranslation();
  const text = foldText(row, t);
  return (
    <>
      <rect className="map-row-box map-fold" width={width} height={height} rx={5} />
      <path className="map-twist" d={row.opened ? 'M9 11l4 5 4-5z' : 'M10 9l5 5-5 5z'} />
      <LineText
        className="map-fold-text"
        {...{ text, fontSize: programPx, x: 24, y: baseline, width: width - 32 }}
        facts={row.processes.map(({ id, command }) => fact(id, 'program', programOf(command)))}
      />
    </>
  );
}

/** A fold in words: `12 × sleep`. */
export function foldText(row: Exclude<Row, { type: 'process' }>, t: TFunction): string {
  const out = leftOut(row);
  const named =
    row.type === 'areas'
      ? row.areas.slice(0, mostPrograms).map(({ name }) => nameOf(name, t))
      : row.programs.slice(0, mostPrograms).map((program) => shown(program));
  const one = row.type === 'areas' && row.areas.length === 1;
  const text = t(one ? 'map.fold.area' : `map.fold.${row.type}`, {
    n: row.type === 'areas' ? row.areas.length : row.processes.length,
    kinds: row.type === 'areas' ? row.kinds.join(', ') : '',
    ...{ program: named[0] ?? '', programs: named.join(', ') },
  });
  return out > 0 ? `${text} ${t('map.fold.out', { n: out })}` : text;
}
