import { useTranslation } from 'react-i18next';
import { LearnerText } from '../lab/learner-text.tsx';
import { areaNotes } from './area-notes.ts';
import type { Area } from './areas.ts';
import type { ProcessFacts } from './facts.ts';
import { nameOf } from './names.ts';

/** Where a process's children are born, in words. */
export function ChildrenWords({ of: { children } }: { of: ProcessFacts }) {
  const { t } = useTranslation();
  if (children === 'own') return t('map.children.own');
  if (children === 'nobody') return t('map.door.nobody');
  return t('map.door', { name: children.area ? nameOf(children.area.name, t) : children.inode });
}

/** The entries of a process's card that are no namespaces. */
export function ProcessWords({ of }: { of: ProcessFacts }) {
  const { t } = useTranslation();
  const { process, pid, inside } = of;
  return (
    <>
      <Entry name={t('fact.pid-machine')}>{pid}</Entry>
      <Entry name={t('fact.pid-inside')}>{inside ?? t('map.samePid')}</Entry>
      {process.pids.length > 2 && <Entry name={t('map.allPids')}>{process.pids.join(' → ')}</Entry>}
      <Entry name={t('map.user')}>
        <LearnerText text={process.user} most={30} />
      </Entry>
      <Entry name={t('fact.state')}>{t(process.stopped ? 'map.stopped' : 'map.going')}</Entry>
      {process.container !== null && (
        <Entry name={t('map.container')}>
          <LearnerText text={process.container} most={40} />
        </Entry>
      )}
      {of.children !== 'own' && (
        <Entry name={t('map.children')}>
          <ChildrenWords of={of} />
        </Entry>
      )}
    </>
  );
}

/** What an area has of its own and with whom it shares. */
export function AreaWords({ area }: { area: Area }) {
  const { t } = useTranslation();
  const own = area.own.filter(({ home }) => home === null);
  const notes = areaNotes(area, t);
  return (
    <ul>
      {own.map(({ kind, inode }) => (
        <li key={kind}>
          {kind} {inode}
        </li>
      ))}
      {notes.map(({ text }) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

/** A name and what it is, in a list of them. */
export const Entry = ({ name, children }: { name: string; children: React.ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
