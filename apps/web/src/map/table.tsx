import { useTranslation } from 'react-i18next';
import { LearnerText } from '../lab/learner-text.tsx';
import { type DeedFacts, type Facts, fact, type ProcessFacts, shows } from './facts.ts';
import { insidePid, kinds, machinePid, programOf } from './kinds.ts';
import { deedText, titleOf } from './names.ts';
import { ChildrenWords } from './words.tsx';

/** The same as the map, as lsns(8) and ps(1) would list it. */
export function MapTable({ facts, deeds }: { facts: Facts; deeds: DeedFacts[] }) {
  const { t, i18n } = useTranslation();
  return (
    <section className="map-tables" data-testid="map-table" aria-label={t('map.table')}>
      <Namespaces facts={facts} />
      <Processes facts={facts} />
      {deeds.length > 0 && (
        <>
          <h2>{t('map.deeds')}</h2>
          <ol>
            {deeds.map((one, index) => (
              <li key={index}>
                <time dateTime={new Date(one.deed.at).toISOString()}>
                  {new Date(one.deed.at).toLocaleTimeString(i18n.language)}
                </time>{' '}
                {deedText(one, t, i18n.language)}{' '}
                <code>
                  <LearnerText text={one.deed.command} most={100} />
                </code>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function Namespaces({ facts: { namespaces } }: { facts: Facts }) {
  const { t } = useTranslation();
  const columns = ['map.kind', 'map.inode', 'map.whose', 'map.processes', 'fact.hostname'];
  return (
    <table>
      <caption>{t('map.namespaces')}</caption>
      <thead>
        <tr>
          {[...columns, 'map.held', 'map.owner'].map((key) => (
            <th key={key} scope="col">
              {t(key)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {namespaces.map(({ kind, inode, machine, count, hostname, heldAt, owner }) => (
          <tr key={inode} data-machine={machine}>
            <th scope="row" {...shows(fact(inode, 'kind', kind))}>
              {kind}
            </th>
            <td>{inode}</td>
            <td>{t(machine ? 'map.sameAsMachine' : 'map.notMachine')}</td>
            <td>{count}</td>
            <td>{hostname !== null && <LearnerText text={hostname} most={40} />}</td>
            <td {...shows(...(heldAt === null ? [] : [fact(inode, 'heldAt', heldAt)]))}>
              {heldAt !== null && <LearnerText text={heldAt} most={60} />}
            </td>
            <td>
              {owner && (
                <>
                  {machinePid(owner)} <LearnerText text={owner.command} most={40} />
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Processes({ facts: { processes } }: { facts: Facts }) {
  const { t } = useTranslation();
  const columns = ['map.pidHere', 'map.pidInside', 'map.command', 'map.terminals', 'map.place'];
  const more = ['map.container', 'map.user', 'fact.state', 'map.parent', 'map.children'];
  return (
    <table>
      <caption>{t('map.processes')}</caption>
      <thead>
        <tr>
          {[...columns, ...more].map((key) => (
            <th key={key} scope="col">
              {t(key)}
            </th>
          ))}
          {kinds.map((kind) => (
            <th key={kind} scope="col" title={t(`fact.ns-${kind}`)}>
              {kind}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...processes.values()].map((of) => (
          <ProcessRow key={of.process.id} of={of} />
        ))}
      </tbody>
    </table>
  );
}

function ProcessRow({ of }: { of: ProcessFacts }) {
  const { t } = useTranslation();
  const { process, pid, program, parent, area, memberships } = of;
  const { id, container, terminals } = process;
  const inside = insidePid(process);
  const children = of.children === 'own' ? 'own' : (process.pidForChildren ?? 'nobody');
  return (
    <tr data-machine={area.id === 'machine'}>
      <th scope="row" {...shows(fact(id, 'number', pid))}>
        {pid}
      </th>
      <td {...shows(...(inside === null ? [] : [fact(id, 'inside', inside)]))}>
        {process.pids.slice(1).join(' → ')}
      </td>
      <td {...shows(fact(id, 'program', program))}>
        <LearnerText text={process.command} most={80} />
      </td>
      <td {...shows(...terminals.map((one) => fact(id, 'terminal', one)))}>
        {terminals.map((one) => t('terminal', { id: one })).join(', ')}
      </td>
      <td>{titleOf(area.name, t)}</td>
      <td {...shows(...(container === null ? [] : [fact(id, 'container', container)]))}>
        {container !== null && <LearnerText text={container} most={40} />}
      </td>
      <td>
        <LearnerText text={process.user} most={30} />
      </td>
      <td {...shows(...(process.stopped ? [fact(id, 'stopped', 'yes')] : []))}>
        {t(process.stopped ? 'map.stopped' : 'map.going')}
      </td>
      <td>
        {parent && (
          <>
            {machinePid(parent)} <LearnerText text={programOf(parent.command)} most={30} />
          </>
        )}
      </td>
      <td {...shows(fact(id, 'children', children))}>
        <ChildrenWords of={of} />
      </td>
      {memberships.map(({ kind, inode, machine }) => (
        <td key={kind} data-own={!machine} {...shows(fact(id, kind, inode))}>
          {inode}
          {machine ? '' : ' *'}
        </td>
      ))}
    </tr>
  );
}
